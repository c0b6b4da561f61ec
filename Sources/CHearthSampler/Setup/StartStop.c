#include "Setup.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

void hearth_threads_lock_for_fork(void);
void hearth_threads_unlock_after_fork(void);
void hearth_threads_forget_in_child(void);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool running;
static bool handler_installed;

static void after_fork_in_child(void) {
    atomic_store(&hearth_state.armed, false);
    atomic_store(&running, false);
    atomic_store(&hearth_state.handlers, 0);
    atomic_store(&hearth_state.scratch_used, 0);
    hearth_threads_forget_in_child();
}

static bool install_handler(void) {
    if (handler_installed) {
        // Another library may have put its own in place since; ours must be the one that runs, and theirs the next.
        struct sigaction now;
        if (sigaction(SIGPROF, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
            now.sa_sigaction == hearth_handle_signal) {
            return true;
        }
    }
    struct sigaction action, previous;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = hearth_handle_signal;
    // SA_ONSTACK: code on a stack of its own may have no room for the signal frame.
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGPROF, &action, &previous) != 0) return false;
    hearth_state.previous = previous;
    if (!handler_installed) {
        pthread_atfork(hearth_threads_lock_for_fork, hearth_threads_unlock_after_fork, after_fork_in_child);
    }
    handler_installed = true;
    return true;
}

static uint64_t power_of_two(uint64_t value) {
    uint64_t power = 4096;
    while (power < value && power < 1ull << 31) power *= 2;
    return power;
}

enum hearth_start_result hearth_start(const struct hearth_configuration *configuration) {
    enum hearth_start_result result = hearth_started;
    pthread_mutex_lock(&lock);
    uint64_t words = power_of_two(configuration->ring_bytes / 8);
    if (running) {
        result = hearth_start_already_running;
        goto done;
    }
    if (!hearth_state.scratch) {
        hearth_state.scratch = hearth_map_pages(sizeof(struct hearth_scratch) * hearth_scratch_count);
    }
    // The ring is made once and kept: a late handler may still hold a pointer into it.
    if (!hearth_state.ring) {
        hearth_state.ring = hearth_map_pages(words * 8);
        hearth_state.ring_words = words;
    }
    if (!hearth_state.scratch || !hearth_state.ring || !hearth_threads_allocate()) {
        result = hearth_start_no_memory;
        goto done;
    }
    hearth_state.period_ns = configuration->period_ns;
    hearth_state.unwinder = configuration->unwinder;
    hearth_state.keep_run_loop = configuration->keep_run_loop;
    hearth_created_threads_prepare();
    if (!install_handler()) {
        result = hearth_start_no_signal;
        goto done;
    }
    running = true;
done:
    pthread_mutex_unlock(&lock);
    return result;
}

void hearth_arm(void) { atomic_store(&hearth_state.armed, true); }

void hearth_disarm(void) {
    atomic_store(&hearth_state.armed, false);
    hearth_threads_drop_clocks();
    // A handler that saw `armed` may still be writing. It needs microseconds of its thread's time; a thread that gets
    // none (a stopped or starved process) must not hold us up for ever.
    for (int turn = 0; turn < 2000 && atomic_load(&hearth_state.handlers) != 0; turn++) {
        struct timespec pause = {.tv_nsec = 500000};
        nanosleep(&pause, NULL);
    }
}

void hearth_finish(void) {
    pthread_mutex_lock(&lock);
    running = false;
    pthread_mutex_unlock(&lock);
}

bool hearth_is_running(void) { return atomic_load_explicit(&running, memory_order_relaxed); }

struct hearth_counters hearth_read_counters(void) {
#define READ(name) .name = atomic_load_explicit(&hearth_state.name, memory_order_relaxed)
    return (struct hearth_counters){
        READ(samples),       READ(lost_ring_full), READ(lost_no_scratch), READ(lost_unknown),    READ(truncated),
        READ(gave_up),       READ(async),          READ(async_broken),    READ(faults_avoided), READ(handler_ns),      READ(threads_refused), READ(missed_weight),
    };
#undef READ
}
