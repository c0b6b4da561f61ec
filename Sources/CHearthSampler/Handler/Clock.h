// When a thread is sampled next, and what a shot of its CPU clock stands for. Safe in a signal: arithmetic, and at times a
// system call by its instruction.
//
// A clock repeats by itself, with the period. Some samples move it: by up to half a period either way from the moment for
// which it was set, so that the mean stays the period however late the kernel is. So work in lock-step with the period is
// met everywhere in turn. Moving it at each sample would cost as much as the rest of the handler.
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
    if (__builtin_expect(owed != 0, 0)) {
        // A shot ahead of the thread's own first, for what threads before it owed.
        atomic_store_explicit(&thread->owed_ns, 0, memory_order_relaxed);
        hearth_set_timer(thread, hearth_deadline(thread), period);
        return owed;
    }
    uint64_t value = (1 + (overrun > 0 ? (uint64_t)overrun : 0)) * period;
    uint64_t deadline = hearth_deadline(thread) + value;
    if (hearth_state.jitters && ++thread->shots % hearth_shots_a_phase == 0) {
        // The next shot is early or late by half a period at most.
        deadline += hearth_next_random(&thread->random) % period - period / 2;
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
    if (thread->shots % hearth_shots_a_phase == 1) {
        thread->perf_gap = period / 2 + hearth_next_random(&thread->random) % period;
        hearth_raw_syscall4(SYS_ioctl, thread->perf_fd, PERF_EVENT_IOC_PERIOD, (long)&thread->perf_gap, 0);
    }
    return shots * period;
}
