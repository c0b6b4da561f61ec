// The signal handler. It takes no lock, allocates nothing, and calls nothing outside this folder but sem_post, which is
// async-signal-safe by POSIX, and then only when the ring is half full.
#include "Clock.h"
#include "Labels.h"
#include "Ring.h"
#include "Spans.h"
#include "Unwind.h"

#include <sys/prctl.h>

struct hearth_state hearth_state;

static void count(_Atomic uint64_t *counter, uint64_t amount) {
    atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

enum source { source_foreign, source_timer, source_perf, source_wall };

static struct hearth_thread *thread_at(uintptr_t pointer) {
    uintptr_t first = (uintptr_t)hearth_state.threads;
    uintptr_t offset = pointer - first;
    if (!first || pointer < first || offset >= sizeof(struct hearth_thread) * hearth_thread_limit ||
        offset % sizeof(struct hearth_thread) != 0) {
        return NULL;
    }
    return (struct hearth_thread *)pointer;
}

/// Which of our clocks sent this signal, and for which thread. si_code and a pointer into our own table, or a descriptor of
/// our own, tell a kill(2), a setitimer or another library's timer from ours.
static enum source source_of(const siginfo_t *info, struct hearth_thread **thread) {
    uintptr_t pointer = (uintptr_t)info->si_value.sival_ptr;
    if (info->si_code == SI_TIMER) {
        // The wall clock's signals carry the same address and one more; see Setup/WallClock.c.
        const bool is_wall = pointer & 1;
        *thread = thread_at(pointer - (is_wall ? 1 : 0));
        return !*thread ? source_foreign : is_wall ? source_wall : source_timer;
    }
    if (info->si_code == POLL_IN && hearth_state.thread_by_descriptor && info->si_fd >= 0 &&
        info->si_fd < hearth_descriptor_limit) {
        uint32_t slot = atomic_load_explicit(&hearth_state.thread_by_descriptor[info->si_fd], memory_order_acquire);
        *thread = slot ? &hearth_state.threads[slot - 1] : NULL;
        return slot ? source_perf : source_foreign;
    }
    return source_foreign;
}

static void pass_on(int number, siginfo_t *info, void *context) {
    const struct sigaction *previous = &hearth_state.previous;
    int saved_errno = errno;
    if (previous->sa_flags & SA_SIGINFO) {
        if (previous->sa_sigaction) previous->sa_sigaction(number, info, context);
    } else if (previous->sa_handler != SIG_DFL && previous->sa_handler != SIG_IGN) {
        previous->sa_handler(number);
    }
    // SIG_DFL would end the process: a stray SIGPROF is dropped instead.
    errno = saved_errno;
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

static void drop(_Atomic uint64_t *counter, uint64_t nanoseconds) {
    count(counter, 1);
    count(&hearth_state.lost_ns, nanoseconds);
}

/// Whether the rest of the handler fits below. A host that survives a stack overflow would jump out of a fault in here, and
/// one that does not would die of ours. On a stack whose bounds are not known nothing can be said.
static bool has_room(struct hearth_thread *thread) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    uintptr_t high = atomic_load_explicit(&thread->stack_high, memory_order_acquire);
    uintptr_t low = atomic_load_explicit(&thread->stack_low, memory_order_acquire);
    return !high || here < low || here >= high || here - low >= hearth_handler_room;
}

/// What a sample stands for.
struct values {
    uint64_t cpu_ns, wall_ns;
};

/// False when the sample was dropped; its CPU time is counted as lost then, its wall time is still owed.
static bool record(struct hearth_thread *thread, struct values values, uint64_t start, void *context) {
    struct hearth_registers registers = hearth_interrupted_registers(context);
    struct hearth_stack_reader reader = {0};
    // The upper bound first: it is stored last, so with it the lower one is there too.
    uintptr_t high = atomic_load_explicit(&thread->stack_high, memory_order_acquire);
    uintptr_t low = atomic_load_explicit(&thread->stack_low, memory_order_acquire);
    if (high && low <= registers.sp && registers.sp < high) {
        reader.low = registers.sp;
        reader.high = high;
    } else {
        // Bounds not known yet, or the code runs on a stack of its own (sigaltstack, a coroutine): every page is probed.
        atomic_store_explicit(&thread->seen_stack_pointer, registers.sp, memory_order_relaxed);
    }
    uint32_t index;
    struct hearth_scratch *scratch = claim_scratch(&index);
    if (!scratch) {
        drop(&hearth_state.lost_no_scratch, values.cpu_ns);
        return false;
    }
    struct hearth_walk walk = {
        .frames = scratch->frames, .recent_rules = thread->recent_rules, .task = hearth_running_task()};
    switch (hearth_state.unwinder) {
    case hearth_unwinder_hybrid:
        hearth_walk_hybrid(&walk, registers, &reader,
                           atomic_load_explicit(&hearth_state.modules, memory_order_acquire));
        break;
    case hearth_unwinder_frame_pointers: hearth_walk_frame_pointers(&walk, registers, &reader); break;
    case hearth_unwinder_libunwind: hearth_walk_libunwind(&walk, context); break;
    }
    if (hearth_may_be_in_call(&registers) && hearth_probe_page(&reader, registers.pc & ~(uintptr_t)7)) {
        switch (hearth_find_interrupted_call(&registers)) {
        case hearth_call_none: break;
        case hearth_call_goes_on: walk.flags |= hearth_sample_waiting; break;
        case hearth_call_ends: walk.flags |= hearth_sample_waiting | hearth_sample_interrupted; break;
        }
    }
    // The name now and then: it costs a system call, and may be given late or changed.
    enum { samples_a_name = 64, name_words = 2 };
    bool named = thread->samples++ % samples_a_name == 0;
    uint64_t words = sizeof(struct hearth_sample) / 8 + walk.count + (named ? name_words : 0);
    uint64_t *room = hearth_ring_reserve(words);
    if (room) {
        struct hearth_sample *sample = (struct hearth_sample *)room;
        sample->thread = (uint32_t)atomic_load_explicit(&thread->tid, memory_order_relaxed);
        sample->cpu_ns = values.cpu_ns;
        sample->wall_ns = values.wall_ns;
        sample->label =
            hearth_current_label(walk.task, &reader) | hearth_current_span(walk.task, &reader) << HEARTH_LABEL_BITS;
        sample->ticks = start;
        sample->frame_count = (uint16_t)walk.count;
        sample->leaf_count = (uint16_t)walk.leaf_count;
        sample->flags = walk.flags | (named ? hearth_sample_named : 0);
        hearth_copy_words(sample->frames, walk.frames, walk.count);
        if (named) {
            sample->frames[walk.count] = sample->frames[walk.count + 1] = 0;
            hearth_raw_syscall4(SYS_prctl, PR_GET_NAME, (long)&sample->frames[walk.count], 0, 0);
        }
        sample->handler_ticks = hearth_ticks() - start;
        hearth_ring_commit(room, words);
    } else {
        drop(&hearth_state.lost_ring_full, values.cpu_ns);
    }
    release_scratch(index);
    return room != NULL;
}

void hearth_handle_signal(int number, siginfo_t *info, void *context) {
    // errno is changed by nothing below but a handler that a signal is passed on to, which has its own care.
    uint64_t start = hearth_ticks();
    struct hearth_thread *thread = NULL;
    enum source source = source_of(info, &thread);
    if (source == source_foreign) {
        pass_on(number, info, context);
        return;
    }
    // Before anything is taken that a fault would leave behind. The clock shoots again, and the wall clock asks again.
    if (!has_room(thread)) {
        drop(&hearth_state.lost_no_room, source == source_timer  ? hearth_timer_value(thread, info->si_overrun)
                                         : source == source_perf ? hearth_perf_value(thread, start)
                                                                 : 0);
        return;
    }
    // Counted before `armed` is read: Setup clears `armed` and then waits for the count to fall to 0.
    atomic_fetch_add_explicit(&hearth_state.handlers, 1, memory_order_seq_cst);
    // A slot without a thread: its clock was stopped while this signal was on its way.
    if (atomic_load_explicit(&hearth_state.armed, memory_order_seq_cst) &&
        atomic_load_explicit(&thread->tid, memory_order_acquire) != 0) {
        struct values values = {0};
        if (source != source_wall) {
            values.cpu_ns = source == source_timer ? hearth_timer_value(thread, info->si_overrun)
                                                   : hearth_perf_value(thread, start);
        }
        // One stack serves both clocks: the wall clock's own signal, when it comes later, finds nothing due.
        if (atomic_load_explicit(&hearth_state.wall, memory_order_relaxed))
            values.wall_ns = atomic_exchange_explicit(&thread->wall_due, 0, memory_order_acquire);
        if (values.cpu_ns + values.wall_ns > 0) {
            if (!record(thread, values, start, context)) {
                // The next turn asks again; the end of the thread counts it as lost.
                if (values.wall_ns) atomic_fetch_add_explicit(&thread->wall_due, values.wall_ns, memory_order_relaxed);
            } else if (values.wall_ns) {
                // What the thread has used by now is not news to the wall clock.
                struct hearth_registers registers = hearth_interrupted_registers(context);
                atomic_store_explicit(&thread->wall_sp, registers.sp, memory_order_relaxed);
                atomic_store_explicit(&thread->wall_pc, registers.pc, memory_order_relaxed);
                atomic_store_explicit(&thread->wall_cpu, hearth_thread_cpu_time(), memory_order_release);
            }
        }
    } else {
        count(&hearth_state.lost_unknown, 1);
    }
    atomic_fetch_sub_explicit(&hearth_state.handlers, 1, memory_order_release);
}
