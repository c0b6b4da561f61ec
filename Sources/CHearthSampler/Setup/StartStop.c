#include "Setup.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
_Atomic bool hearth_running;
static bool handler_installed;
static bool ring_is_stale; // of the parent's, in a forked child
static _Atomic uint64_t generation;

uint64_t hearth_process_generation(void) { return atomic_load(&generation); }

// No prepare handler holds our locks over a fork: another library's may wait for a thread that wants them. The child,
// which has one thread, makes everything new instead.
static void after_fork_in_child(void) {
    atomic_store(&hearth_state.armed, false);
    atomic_store(&hearth_running, false);
    atomic_store(&hearth_state.handlers, 0);
    atomic_store(&hearth_state.scratch_used, 0);
    pthread_mutex_init(&lock, NULL);
    // A record may be half written by a thread that is not here to finish it. Cleaned by a start: most children need none.
    ring_is_stale = true;
    atomic_store(&hearth_state.ring_head, 0);
    atomic_store(&hearth_state.ring_tail, 0);
    atomic_store(&hearth_state.ring_alarm, false);
    hearth_drain_prepare_in_child();
    hearth_threads_forget_in_child();
    atomic_fetch_add(&generation, 1);
}

static enum hearth_start_result install_handler(void) {
    struct sigaction now;
    if (sigaction(SIGPROF, NULL, &now) != 0) return hearth_start_no_signal;
    if (handler_installed) {
        // Whoever came after us may pass signals on to us: to stand before him as well would make a ring of the two.
        bool ours = (now.sa_flags & SA_SIGINFO) && now.sa_sigaction == hearth_handle_signal;
        return ours ? hearth_started : hearth_start_foreign_signal;
    }
    // Before ours can run: it reads where to pass on what is not ours.
    hearth_state.previous = now;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = hearth_handle_signal;
    // Not SA_ONSTACK: alternative stacks of 2 KiB are still made, and the signal frame alone takes 3.
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    // No other handler runs inside ours: one that leaves by siglongjmp would leave a record half written.
    hearth_fill_with_asynchronous_signals(&action.sa_mask);
    // Nor libc's own two (32 and 33), which sigfillset leaves out: a cancellation would do the same.
    action.sa_mask.__val[0] |= 3ul << 31;
    if (sigaction(SIGPROF, &action, NULL) != 0) return hearth_start_no_signal;
    pthread_atfork(NULL, NULL, after_fork_in_child);
    handler_installed = true;
    return hearth_started;
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
    if (hearth_running) {
        result = hearth_start_already_running;
        goto done;
    }
    // All of it is made once and kept: a late handler may still hold a pointer into it.
    if (!hearth_state.ring) {
        const size_t scratch = sizeof(struct hearth_scratch) * hearth_scratch_count;
        char *arena = hearth_map_huge_pages(words * 8 + scratch + hearth_cache_count * hearth_cache_bytes);
        if (arena) {
            hearth_state.ring = (uint64_t *)arena;
            hearth_state.ring_words = words;
            hearth_state.scratch = (struct hearth_scratch *)(arena + words * 8);
            hearth_state.caches = arena + words * 8 + scratch;
        }
    }
    if (ring_is_stale && hearth_state.ring) memset(hearth_state.ring, 0, hearth_state.ring_words * 8);
    ring_is_stale = false;
    if (!hearth_state.ring || !hearth_threads_allocate()) {
        result = hearth_start_no_memory;
        goto done;
    }
    hearth_state.unwinder = configuration->unwinder;
    hearth_state.keep_run_loop = configuration->keep_run_loop;
    hearth_state.wall = configuration->wall_period_ns != 0;
    hearth_counters_prepare();
    result = hearth_clock_choose(configuration->cpu_clock, configuration->period_ns);
    if (result != hearth_started) goto done;
    if (hearth_clock_chosen().clock == hearth_clock_perf) {
        // Only perf events compare ticks with periods; the first answer takes a millisecond.
        hearth_state.ticks_a_microsecond = (uint64_t)(1000 / hearth_nanoseconds_a_tick()) + 1;
    }
    hearth_threads_prepare(configuration->period_ns);
    hearth_created_threads_prepare();
    result = install_handler();
    if (result != hearth_started) goto done;
    hearth_running = true;
    // Main, most often: its stack's bounds are known to itself only.
    hearth_thread_attach_self(false);
done:
    pthread_mutex_unlock(&lock);
    return result;
}

void hearth_arm(void) {
    hearth_wall_begin();
    atomic_store(&hearth_state.armed, true);
    hearth_threads_start_clocks();
}

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
    hearth_running = false;
    pthread_mutex_unlock(&lock);
}

uint64_t hearth_buffer_bytes(void) {
    return hearth_state.ring_words * 8 + sizeof(struct hearth_scratch) * hearth_scratch_count + hearth_cache_count * hearth_cache_bytes;
}

bool hearth_is_running(void) { return atomic_load_explicit(&hearth_running, memory_order_relaxed); }
