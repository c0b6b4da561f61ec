// A host that treats the sampler badly, one way a run: `HearthSamplerHost MODE`. It ends with 0 and a line of what it saw,
// or with the signal or the alarm that shows the damage. Run by Tests/EndToEndTests/HostileHostTests.swift.
#include "CHearthSampler.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Atomic bool ending;
static _Atomic uint64_t drained, weight;

static void drain(void *context) {
    (void)context;
    while (!atomic_load(&ending)) {
        hearth_drain_wait(50000000);
        for (const struct hearth_sample *sample; (sample = hearth_ring_peek()); hearth_ring_release(sample)) {
            atomic_fetch_add(&drained, 1);
            atomic_fetch_add(&weight, sample->cpu_ns);
        }
        hearth_threads_refresh(false);
    }
}

static void start_at(uint64_t hertz) {
    struct hearth_configuration configuration = {
        .cpu_clock = hearth_clock_timer, .period_ns = 1000000000 / hertz, .ring_bytes = 1 << 20, .unwinder = hearth_unwinder_frame_pointers};
    enum hearth_start_result result = hearth_start(&configuration);
    if (result != hearth_started) {
        printf("refused %d\n", (int)result);
        exit(0);
    }
    hearth_drain_start(drain, NULL);
    hearth_arm();
    hearth_threads_refresh(true);
}

static double thread_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

__attribute__((noinline)) static void burn(double seconds) {
    double end = thread_seconds() + seconds;
    while (thread_seconds() < end) {
        for (volatile int turn = 0; turn < 20000; turn++) {}
    }
}

static void *burn_thread(void *seconds) {
    burn(*(double *)seconds);
    return NULL;
}

/// Waits for at least `wanted` samples; the alarm ends a wait that is in vain.
static void expect_samples(uint64_t wanted) {
    while (atomic_load(&drained) < wanted) burn(0.01);
}

// A service that blocks SIGTERM everywhere and waits for it: ours must not be the thread that gets it.
static int waits_for_sigterm(void) {
    start_at(250);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGTERM);
    usleep(100000);
    int got = 0;
    sigwait(&set, &got);
    return got == SIGTERM ? 0 : 1;
}

// A child goes on without the parent's drain thread, and can be profiled itself.
static int forks(void) {
    start_at(1000);
    for (int turn = 0; turn < 20; turn++) {
        burn(0.01);
        pid_t child = fork();
        if (child == 0) {
            alarm(20);
            if (hearth_is_running()) _exit(3);
            burn(0.01);
            atomic_store(&drained, 0);
            start_at(1000);
            expect_samples(3);
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            printf("child %d ended with %d\n", turn, status);
            return 1;
        }
    }
    expect_samples(20);
    return 0;
}

// Another library waits for a thread of its own in its prepare handler.
static pthread_t worker;
static _Atomic bool worker_ends;
static void *work(void *nothing) {
    while (!atomic_load(&worker_ends)) usleep(1000);
    return nothing;
}
static void join_worker(void) {
    atomic_store(&worker_ends, true);
    pthread_join(worker, NULL);
}
static int forks_beside_a_prepare_handler(void) {
    pthread_atfork(join_worker, NULL, NULL);
    start_at(250);
    pthread_create(&worker, NULL, work, NULL);
    usleep(50000);
    pid_t child = fork();
    if (child == 0) _exit(0);
    int status = 1;
    waitpid(child, &status, 0);
    return status == 0 ? 0 : 1;
}

// A host handler that leaves by siglongjmp, at a rate that must meet our handler.
static sigjmp_buf landing;
static void jump_out(int number) {
    (void)number;
    siglongjmp(landing, 1);
}
static int jumps_out_of_handlers(void) {
    start_at(1000);
    struct sigaction action = {.sa_handler = jump_out};
    sigaction(SIGUSR1, &action, NULL);
    pthread_t self = pthread_self();
    double end = thread_seconds() + 1;
    volatile int jumps = 0;
    while (thread_seconds() < end) {
        if (sigsetjmp(landing, 1) == 0) {
            burn(0.0005);
            pthread_kill(self, SIGUSR1);
        } else {
            jumps++;
        }
    }
    uint64_t before = atomic_load(&drained);
    expect_samples(before + 20);
    struct hearth_counters counters = hearth_read_counters();
    printf("jumps %d lost %llu\n", jumps, (unsigned long long)counters.lost_no_scratch);
    return counters.lost_no_scratch == 0 ? 0 : 1;
}

// A small alternative stack, and code that runs on it.
static _Atomic int on_stack;
static void busy_handler(int number) {
    (void)number;
    atomic_fetch_add(&on_stack, 1);
    burn(0.02);
}
static int uses_a_small_alternative_stack(void) {
    static char memory[16384];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = busy_handler, .sa_flags = SA_ONSTACK};
    sigaction(SIGUSR2, &action, NULL);
    start_at(1000);
    for (int turn = 0; turn < 20; turn++) raise(SIGUSR2);
    expect_samples(20);
    return atomic_load(&on_stack) == 20 ? 0 : 1;
}

// A thread that blocks every signal and waits for any: it must get none of ours.
static _Atomic int waited;
static void *wait_for_any(void *nothing) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    burn(0.3);
    struct timespec patience = {.tv_nsec = 100000000};
    atomic_store(&waited, sigtimedwait(&all, NULL, &patience));
    return nothing;
}
static int blocks_the_signal(void) {
    // Made before the sampler: it is found by the listing.
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_any, NULL);
    usleep(50000);
    start_at(1000);
    pthread_join(thread, NULL);
    struct hearth_counters counters = hearth_read_counters();
    printf("waited %d blocked %llu\n", atomic_load(&waited), (unsigned long long)counters.threads_blocked);
    return atomic_load(&waited) == SIGPROF || counters.threads_blocked == 0 ? 1 : 0;
}

// Threads born and gone, many more than slots are live at once.
static int makes_ten_thousand_threads(void) {
    start_at(250);
    double seconds = 0.0001;
    for (int turn = 0; turn < 10000 / 8; turn++) {
        pthread_t threads[8];
        for (int index = 0; index < 8; index++) {
            if (pthread_create(&threads[index], NULL, burn_thread, &seconds) != 0) return 1;
        }
        for (int index = 0; index < 8; index++) pthread_join(threads[index], NULL);
    }
    usleep(600000);
    uint32_t live = hearth_threads_refresh(true);
    struct hearth_counters counters = hearth_read_counters();
    printf("live %u refused %llu\n", live, (unsigned long long)counters.threads_refused);
    return live <= 2 && counters.threads_refused == 0 ? 0 : 1;
}

// Two thousand threads at once on 16 KiB stacks.
static pthread_barrier_t barrier;
static void *small_stack(void *nothing) {
    pthread_barrier_wait(&barrier);
    burn(0.002);
    pthread_barrier_wait(&barrier);
    return nothing;
}
static int has_two_thousand_small_stacks(void) {
    enum { count = 2000 };
    static pthread_t threads[count];
    start_at(1000);
    pthread_barrier_init(&barrier, NULL, count + 1);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 16384);
    for (int index = 0; index < count; index++) {
        if (pthread_create(&threads[index], &attributes, small_stack, NULL) != 0) return 1;
    }
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    for (int index = 0; index < count; index++) pthread_join(threads[index], NULL);
    usleep(300000);
    struct hearth_counters counters = hearth_read_counters();
    printf("samples %llu lost %llu\n", (unsigned long long)counters.samples, (unsigned long long)counters.lost_ring_full);
    return counters.samples > 100 ? 0 : 1;
}

// Stops and starts while signals are under way.
static int stops_and_starts(void) {
    start_at(4000);
    pthread_t thread;
    double seconds = 3;
    pthread_create(&thread, NULL, burn_thread, &seconds);
    for (int turn = 0; turn < 10000; turn++) {
        hearth_disarm();
        hearth_arm();
        hearth_threads_refresh(true);
    }
    hearth_disarm();
    for (int turn = 0; turn < 1000; turn++) kill(getpid(), SIGPROF);
    pthread_join(thread, NULL);
    printf("samples %llu\n", (unsigned long long)hearth_read_counters().samples);
    return 0;
}

// Another profiler puts its handler over ours and passes on to it; then ours stops and starts again.
static struct sigaction ours;
static void pass_to_ours(int number, siginfo_t *info, void *context) {
    if (ours.sa_flags & SA_SIGINFO && ours.sa_sigaction) ours.sa_sigaction(number, info, context);
}
static int is_chained_over(void) {
    start_at(250);
    struct sigaction action = {.sa_sigaction = pass_to_ours, .sa_flags = SA_SIGINFO};
    sigaction(SIGPROF, &action, &ours);
    expect_samples(5);
    hearth_disarm();
    atomic_store(&ending, true);
    hearth_finish();
    struct hearth_configuration configuration = {.cpu_clock = hearth_clock_timer, .period_ns = 4000000, .ring_bytes = 1 << 20};
    enum hearth_start_result result = hearth_start(&configuration);
    for (int turn = 0; turn < 100; turn++) raise(SIGPROF);
    return result == hearth_start_foreign_signal ? 0 : 1;
}

static _Atomic int host_signals;
static void host_handler(int number) {
    (void)number;
    atomic_fetch_add(&host_signals, 1);
}
// A handler that was there before ours goes on getting what is not ours.
static int had_a_handler(void) {
    struct sigaction action = {.sa_handler = host_handler};
    sigaction(SIGPROF, &action, NULL);
    start_at(250);
    for (int turn = 0; turn < 100; turn++) raise(SIGPROF);
    expect_samples(5);
    printf("host %d\n", atomic_load(&host_signals));
    return atomic_load(&host_signals) == 100 ? 0 : 1;
}

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        int (*run)(void);
    } modes[] = {
        {"sigterm", waits_for_sigterm},
        {"fork", forks},
        {"fork-prepare", forks_beside_a_prepare_handler},
        {"siglongjmp", jumps_out_of_handlers},
        {"altstack", uses_a_small_alternative_stack},
        {"blocked", blocks_the_signal},
        {"threads", makes_ten_thousand_threads},
        {"small-stacks", has_two_thousand_small_stacks},
        {"stop-start", stops_and_starts},
        {"chained", is_chained_over},
        {"handler", had_a_handler},
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    // A program started from a pool thread inherits a mask that blocks nearly everything.
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, NULL);
    // What hangs ends by SIGALRM.
    alarm(120);
    for (size_t index = 0; index < sizeof modes / sizeof *modes; index++) {
        if (count == 2 && strcmp(arguments[1], modes[index].name) == 0) return modes[index].run();
    }
    fprintf(stderr, "name a mode\n");
    return 2;
}
