#include "Host.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int host_dose = 1;
char **host_arguments;
const char *host_program;

static _Atomic bool ending, ended;
static _Atomic uint64_t drained, sampled_ns;
static void (*_Atomic look_at_sample)(const struct hearth_sample *);

static void take_all(void) {
    for (const struct hearth_sample *sample; (sample = hearth_ring_peek()); hearth_ring_release(sample)) {
        void (*look)(const struct hearth_sample *) = atomic_load(&look_at_sample);
        if (look) look(sample);
        atomic_fetch_add(&drained, 1);
        atomic_fetch_add(&sampled_ns, sample->cpu_ns);
    }
}

static void drain(void *context) {
    (void)context;
    for (int turn = 1; !atomic_load(&ending); turn++) {
        hearth_drain_wait(50000000);
        take_all();
        hearth_threads_refresh(turn % 20 == 0);
    }
    hearth_disarm();
    take_all();
    hearth_finish();
    atomic_store(&ended, true);
}

void host_start_with(uint64_t hertz, enum hearth_unwinder unwinder) {
    struct hearth_configuration configuration = {
        .cpu_clock = hearth_clock_timer, .period_ns = 1000000000 / hertz, .ring_bytes = 1 << 20, .unwinder = unwinder};
    enum hearth_start_result result = hearth_start(&configuration);
    if (result != hearth_started) {
        printf("refused %d\n", (int)result);
        exit(3);
    }
    atomic_store(&ending, false);
    atomic_store(&ended, false);
    hearth_drain_start(drain, NULL);
    hearth_arm();
    hearth_threads_refresh(true);
}

void host_start(uint64_t hertz) { host_start_with(hertz, hearth_unwinder_frame_pointers); }

void host_stop(void) {
    atomic_store(&ending, true);
    hearth_drain_wake();
    while (!atomic_load(&ended)) usleep(1000);
}

uint64_t host_drained(void) { return atomic_load(&drained); }
double host_sampled_seconds(void) { return (double)atomic_load(&sampled_ns) * 1e-9; }
double host_lost_seconds(void) { return (double)hearth_read_counters().lost_ns * 1e-9; }
void host_look_at_samples(void (*look)(const struct hearth_sample *)) { atomic_store(&look_at_sample, look); }

static double seconds_of(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}
double host_thread_seconds(void) { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
double host_process_seconds(void) { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); }

__attribute__((noinline)) void host_burn(double seconds) {
    double end = host_thread_seconds() + seconds;
    while (host_thread_seconds() < end) {
        for (volatile int turn = 0; turn < 20000; turn++) {}
    }
}

void *host_burn_thread(void *seconds) {
    host_burn(*(double *)seconds);
    return NULL;
}

void host_expect_samples(uint64_t wanted) {
    while (host_drained() < wanted) host_burn(0.01);
}

bool host_handlers_have_ended(void) {
    // Of two empty tables the first is retired.
    hearth_modules_publish(NULL, 0);
    hearth_modules_publish(NULL, 0);
    for (int turn = 0; turn < 2000; turn++) {
        if (hearth_modules_reclaim()) return true;
        usleep(1000);
    }
    printf("a handler never ended\n");
    return false;
}

bool host_accounts_for(double seconds, double period) {
    double counted = host_sampled_seconds() + host_lost_seconds();
    printf("used %.3f s, counted %.3f s, of it dropped %.3f s\n", seconds, counted, host_lost_seconds());
    double tolerance = 0.2 * seconds + 10 * period;
    return counted > seconds - tolerance && counted < seconds + tolerance;
}
