// When a thread is sampled next. Safe in a signal: arithmetic and one or two system calls by their instructions.
//
// Each sample sets the clock anew, half a period to one and a half after the moment for which it was set before. So work
// in lock-step with the period is met everywhere, and the mean stays the period however late the kernel's tick is.
#pragma once

#include "GuardedLoad.h"
#include "Processor.h"

#include <time.h>

static inline uint64_t hearth_next_random(uint64_t *state) {
    // xorshift64; the state is never 0.
    uint64_t word = *state;
    word ^= word << 13;
    word ^= word >> 7;
    word ^= word << 17;
    return *state = word;
}

/// After how many periods a clock that is set by each sample shoots again by itself.
enum { hearth_lost_shot_periods = 8 };

static inline struct timespec hearth_timespec(uint64_t nanoseconds) {
    return (struct timespec){
        .tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u)};
}

/// A clock that repeats by itself tells how many of its shots are in this one.
static inline uint32_t hearth_count_shots(struct hearth_thread *thread, const siginfo_t *info) {
    uint32_t shots = 1 + (info->si_overrun > 0 ? (uint32_t)info->si_overrun : 0);
    uint64_t deadline = atomic_load_explicit(&thread->deadline, memory_order_relaxed);
    atomic_store_explicit(&thread->deadline, deadline + shots * hearth_state.period_ns, memory_order_relaxed);
    return shots;
}

/// Sets the clock of the calling thread for its next sample, and returns how many periods this one stands for.
static inline uint32_t hearth_set_next_sample(struct hearth_thread *thread) {
    const uint64_t period = hearth_state.period_ns;
    uint64_t deadline = atomic_load_explicit(&thread->deadline, memory_order_relaxed);
    uint32_t weight = 1;
    uint64_t ticks = hearth_ticks();
    if (ticks - thread->last_ticks < hearth_state.short_ticks) {
        // Too early to have used the CPU time that was waited for: the clock is behind, because the signal was blocked for
        // a while. What was missed counts here, instead of in a burst of samples.
        struct timespec now;
        if (hearth_raw_syscall4(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, (long)&now, 0, 0) == 0) {
            uint64_t used = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
            if (used > deadline) {
                uint64_t missed = (used - deadline) / period;
                weight += missed > 1000000 ? 1000000 : (uint32_t)missed;
                deadline += missed * period;
            }
        }
    }
    thread->last_ticks = ticks;
    deadline += period / 2 + hearth_next_random(&thread->random) % period;
    atomic_store_explicit(&thread->deadline, deadline, memory_order_relaxed);
    // It repeats, should this shot be lost: the kernel drops a signal for which the stack has no room.
    struct itimerspec next = {
        .it_value = hearth_timespec(deadline), .it_interval = hearth_timespec(period * hearth_lost_shot_periods)};
    hearth_raw_syscall4(SYS_timer_settime, thread->timer, TIMER_ABSTIME, (long)&next, 0);
    return weight;
}
