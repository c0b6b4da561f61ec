// The signal handler. It takes no lock, allocates nothing, and calls nothing outside this folder but clock_gettime
// (the vDSO's, async-signal-safe by POSIX) and sem_post (the same).
#include "Clock.h"
#include "Labels.h"
#include "Ring.h"
#include "Spans.h"
#include "Unwind.h"

#include <string.h>
#include <time.h>

struct hearth_state hearth_state;

static void count(_Atomic uint64_t *counter, uint64_t amount) {
    atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

static uint64_t now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint32_t bucket_of(uint64_t ticks) {
    if (ticks < 4) return (uint32_t)ticks;
    uint32_t exponent = 63 - (uint32_t)__builtin_clzll(ticks);
    uint32_t bucket = ((exponent - 1) << 2) | (uint32_t)((ticks >> (exponent - 2)) & 3);
    return bucket < hearth_bucket_count ? bucket : hearth_bucket_count - 1;
}

/// The thread whose clock sent this signal, or NULL when the signal is not ours: si_code and a pointer into our own
/// table tell a kill(2), a setitimer or another library's timer from ours.
static struct hearth_thread *thread_of(const siginfo_t *info) {
    if (info->si_code != SI_TIMER || !hearth_state.threads) return NULL;
    uintptr_t pointer = (uintptr_t)info->si_value.sival_ptr;
    uintptr_t first = (uintptr_t)hearth_state.threads;
    uintptr_t offset = pointer - first;
    if (pointer < first || offset >= sizeof(struct hearth_thread) * hearth_thread_limit ||
        offset % sizeof(struct hearth_thread) != 0) {
        return NULL;
    }
    return (struct hearth_thread *)pointer;
}

static void pass_on(int number, siginfo_t *info, void *context) {
    const struct sigaction *previous = &hearth_state.previous;
    if (previous->sa_flags & SA_SIGINFO) {
        if (previous->sa_sigaction) previous->sa_sigaction(number, info, context);
    } else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(number);
    }
    // SIG_DFL would end the process: a stray SIGPROF is dropped instead.
}

static struct hearth_scratch *claim_scratch(uint32_t *index) {
    uint64_t used = atomic_load_explicit(&hearth_state.scratch_used, memory_order_relaxed);
    while (~used) {
        uint32_t free = (uint32_t)__builtin_ctzll(~used);
        if (atomic_compare_exchange_weak_explicit(&hearth_state.scratch_used, &used, used | 1ull << free,
                                                  memory_order_acquire, memory_order_relaxed)) {
            *index = free;
            return &hearth_state.scratch[free];
        }
    }
    return NULL;
}

static void release_scratch(uint32_t index) {
    atomic_fetch_and_explicit(&hearth_state.scratch_used, ~(1ull << index), memory_order_release);
}

static struct hearth_stack_reader reader_for(struct hearth_thread *thread, uintptr_t sp) {
    // The upper bound first: it is stored last, so with it the lower one is there too.
    uintptr_t high = atomic_load_explicit(&thread->stack_high, memory_order_acquire);
    uintptr_t low = atomic_load_explicit(&thread->stack_low, memory_order_acquire);
    if (high && low <= sp && sp < high) return (struct hearth_stack_reader){.low = sp, .high = high};
    // Bounds not known yet, or the code runs on a stack of its own (sigaltstack, a coroutine): every page is probed.
    atomic_store_explicit(&thread->seen_stack_pointer, sp, memory_order_relaxed);
    return (struct hearth_stack_reader){.low = 0, .high = 0};
}

static void record(struct hearth_thread *thread, uint32_t weight, void *context) {
    uint32_t index;
    struct hearth_scratch *scratch = claim_scratch(&index);
    if (!scratch) {
        count(&hearth_state.lost_no_scratch, 1);
        count(&hearth_state.missed_weight, weight);
        return;
    }
    struct hearth_registers registers = hearth_interrupted_registers(context);
    struct hearth_stack_reader reader = reader_for(thread, registers.sp);
    struct hearth_walk walk = {.frames = scratch->frames};
    switch (hearth_state.unwinder) {
    case hearth_unwinder_hybrid:
        hearth_walk_hybrid(&walk, registers, &reader,
                           atomic_load_explicit(&hearth_state.modules, memory_order_acquire));
        break;
    case hearth_unwinder_frame_pointers: hearth_walk_frame_pointers(&walk, registers, &reader); break;
    case hearth_unwinder_libunwind: hearth_walk_libunwind(&walk, context); break;
    }
    uint64_t words = sizeof(struct hearth_sample) / 8 + walk.count;
    uint64_t *room = hearth_ring_reserve(words);
    if (room) {
        struct hearth_sample *sample = (struct hearth_sample *)room;
        sample->thread = (uint32_t)atomic_load_explicit(&thread->tid, memory_order_relaxed);
        sample->weight = weight;
        sample->label = hearth_current_label() | hearth_current_span() << HEARTH_LABEL_BITS;
        sample->time = now(CLOCK_MONOTONIC_COARSE);
        sample->frame_count = (uint16_t)walk.count;
        sample->leaf_count = (uint16_t)walk.leaf_count;
        sample->flags = walk.flags;
        memcpy(sample->frames, walk.frames, walk.count * sizeof(uint64_t));
        hearth_ring_commit(room, words);
        count(&hearth_state.samples, 1);
        if (walk.flags & hearth_sample_truncated) count(&hearth_state.truncated, 1);
        if (walk.flags & hearth_sample_gave_up) count(&hearth_state.gave_up, 1);
        if (walk.flags & hearth_sample_async) count(&hearth_state.async, 1);
        if (walk.flags & hearth_sample_async_broken) count(&hearth_state.async_broken, 1);
    } else {
        count(&hearth_state.lost_ring_full, 1);
        count(&hearth_state.missed_weight, weight);
    }
    release_scratch(index);
}

void hearth_handle_signal(int number, siginfo_t *info, void *context) {
    int saved_errno = errno;
    struct hearth_thread *thread = thread_of(info);
    if (!thread) {
        pass_on(number, info, context);
        errno = saved_errno;
        return;
    }
    // Counted before `armed` is read: Setup clears `armed` and then waits for the count to fall to 0.
    atomic_fetch_add_explicit(&hearth_state.handlers, 1, memory_order_seq_cst);
    // A slot without a thread: its clock was stopped while this signal was on its way.
    if (atomic_load_explicit(&hearth_state.armed, memory_order_seq_cst) &&
        atomic_load_explicit(&thread->tid, memory_order_acquire) != 0) {
        // A clock that repeats by itself tells how many of its shots are in this one.
        uint32_t weight = hearth_state.jitters ? hearth_set_next_sample(thread)
                                               : 1 + (info->si_overrun > 0 ? (uint32_t)info->si_overrun : 0);
        uint64_t start = hearth_ticks();
        record(thread, weight, context);
        uint64_t ticks = hearth_ticks() - start;
        count(&hearth_state.handler_ticks, ticks);
        count(&hearth_state.handler_times[bucket_of(ticks)], 1);
    } else {
        count(&hearth_state.lost_unknown, 1);
    }
    atomic_fetch_sub_explicit(&hearth_state.handlers, 1, memory_order_release);
    errno = saved_errno;
}
