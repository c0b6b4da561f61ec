// When a thread is sampled next, and what a shot of its CPU clock stands for. Safe in a signal: arithmetic, and at times a
// system call by its instruction.
//
// A clock repeats by itself, with the period. Some samples move it to another place in the period, by chance: so work in
// lock-step with the period is met everywhere in turn. The places count from one grid, so that the count of shots stays the
// CPU time to a period, however often the clock has been moved and however late the kernel is. Moving it at each sample would
// cost as much as the rest of the handler.
#pragma once

#include "GuardedLoad.h"
#include "Processor.h"

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <time.h>

static inline uint64_t hearth_next_random(uint64_t *state) {
    // xorshift64; the state is never 0.
    uint64_t word = *state;
    word ^= word << 13;
    word ^= word >> 7;
    word ^= word << 17;
    return *state = word;
}

/// Nanoseconds of CPU time that the calling thread has used; 0 when the kernel does not say.
static inline uint64_t hearth_thread_cpu_time(void) {
    struct timespec now;
    if (hearth_raw_syscall4(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, (long)&now, 0, 0) != 0) return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Moves the clock to another place in its period: the CPU time from the shot before to the next one.
static inline uint64_t hearth_move_clock(struct hearth_thread *thread, uint64_t period) {
    uint64_t phase = hearth_next_random(&thread->random) % period;
    // Never two shots at once.
    uint64_t gap = period + phase, least = thread->phase + period / 8;
    gap = gap > least ? gap - thread->phase : period / 8;
    thread->phase += gap - period;
    return gap;
}

static inline struct timespec hearth_timespec(uint64_t nanoseconds) {
    return (struct timespec){
        .tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u)};
}

static inline uint64_t hearth_deadline(const struct hearth_thread *thread) {
    return atomic_load_explicit(&thread->deadline, memory_order_relaxed);
}

static inline void hearth_set_deadline(struct hearth_thread *thread, uint64_t nanoseconds) {
    atomic_store_explicit(&thread->deadline, nanoseconds, memory_order_relaxed);
}

static inline void hearth_set_timer(struct hearth_thread *thread, uint64_t deadline, uint64_t period) {
    struct itimerspec next = {.it_value = hearth_timespec(deadline), .it_interval = hearth_timespec(period)};
    hearth_raw_syscall4(SYS_timer_settime, thread->timer, TIMER_ABSTIME, (long)&next, 0);
}

/// A timer: the CPU time that this shot stands for. `overrun` counts the periods that the kernel had no signal for: blocked, or
/// above its rate of ticks.
static inline uint64_t hearth_timer_value(struct hearth_thread *thread, int overrun) {
    uint64_t period = atomic_load_explicit(&thread->period_ns, memory_order_relaxed);
    uint64_t owed = atomic_load_explicit(&thread->owed_ns, memory_order_relaxed);
    // Exchanged: Setup may take it back just now.
    if (__builtin_expect(owed != 0, 0) && (owed = atomic_exchange_explicit(&thread->owed_ns, 0, memory_order_relaxed))) {
        // A shot ahead of the thread's own first, for what threads before it owed.
        hearth_set_timer(thread, hearth_deadline(thread), period);
        return owed;
    }
    uint64_t value = (1 + (overrun > 0 ? (uint64_t)overrun : 0)) * period;
    uint64_t deadline = hearth_deadline(thread) + value;
    if (hearth_state.jitters && ++thread->shots % hearth_shots_a_phase == 0) {
        deadline += hearth_move_clock(thread, period) - period;
        hearth_set_timer(thread, deadline, period);
    }
    hearth_set_deadline(thread, deadline);
    return value;
}

/// A perf event: the same. Its signals do not count what they missed, so the thread's own clock is asked where much time has
/// passed since the last one (a thread that waited has used none of it), and from time to time.
static inline uint64_t hearth_perf_value(struct hearth_thread *thread, uint64_t ticks) {
    enum { shots_a_check = 256 };
    uint64_t period = atomic_load_explicit(&thread->period_ns, memory_order_relaxed);
    uint64_t elapsed = (ticks - thread->last_ticks) * 1000 / hearth_state.ticks_a_microsecond;
    uint64_t shots = 1;
    thread->last_ticks = ticks;
    thread->shots++;
    uint64_t deadline = hearth_deadline(thread) + thread->perf_gap;
    if (elapsed > 2 * period || thread->shots % shots_a_check == 0) {
        uint64_t used = hearth_thread_cpu_time();
        if (used > deadline) {
            uint64_t missed = (used - deadline) / period;
            shots += missed;
            deadline += missed * period;
        }
    }
    hearth_set_deadline(thread, deadline);
    // The first shot too: the event was opened with what is left of a period, by chance.
    uint64_t gap = thread->shots % hearth_perf_shots_a_phase == 1 ? hearth_move_clock(thread, period) : period;
    if (gap != thread->perf_gap) {
        thread->perf_gap = gap;
        hearth_raw_syscall4(SYS_ioctl, thread->perf_fd, PERF_EVENT_IOC_PERIOD, (long)&thread->perf_gap, 0);
    }
    return shots * period;
}
