// Everything that a signal handler reads or writes. Laid out here, allocated and freed by Setup/ only.
#pragma once

#include "CHearthSampler.h"

#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>

/// A thread that is sampled. Slots are reused; a slot's address is what its clock's signal carries.
struct hearth_thread {
    // 0 free, else the thread id. Written by Setup under its lock, read by the handler.
    _Atomic int32_t tid;
    // Bounds of the thread's stack; 0 until known. The handler trusts them only if its stack pointer lies inside.
    _Atomic uintptr_t stack_low;
    _Atomic uintptr_t stack_high;
    // The moment on the thread's CPU clock for which the timer is set, nanoseconds, the state of its random numbers, and
    // the tick of its last sample. The thread's own handler's, but for the first values; Setup looks at the first when it
    // stops the clock. See Clock.h.
    _Atomic uint64_t deadline;
    uint64_t random;
    uint64_t last_ticks;
    // Where the stack pointer was when bounds were not known, for Setup to look up.
    _Atomic uintptr_t seen_stack_pointer;
    bool bounds_sought; // by Setup, in vain or not
    int32_t timer;      // kernel timer id, -1 for none
    bool attached; // announced itself, and will tell when it ends; the others were found by listing
    bool missed;   // attached, and not in the last thorough listing
};

/// Rules by program counter, as handlers find them: one cache line a frame where the search of the tables takes eight. An
/// entry is one word, so it is whole whoever writes it: the high half is what the place in the table leaves of the 47
/// bits of the address, the low half the rule.
enum { hearth_rule_cache_bits = 15 };

/// A published module table. `retired` chains old ones until no handler reads them.
struct hearth_module_table {
    struct hearth_module_table *retired;
    _Atomic uint64_t *rule_cache; // 1 << hearth_rule_cache_bits entries, this table's own
    size_t count;
    struct hearth_module modules[];
};

/// Room for one walk, claimed by a bit of hearth_state.scratch_used, so that the walk needs little of the thread's own
/// stack: 16 KiB stacks exist, and the signal frame takes 3 KiB of them.
struct hearth_scratch {
    uint64_t frames[hearth_max_frames];
};
enum { hearth_scratch_count = 64 };

/// What the handler and the walks in here take of the thread's stack below the signal frame, at most: `HandlerSymbolsTests`
/// adds up the frames, and `painted` measures them.
enum { hearth_handler_room = 2048 };

struct hearth_state {
    _Atomic bool armed;
    // Handlers between entry and exit. Setup frees what they may read when it has seen none.
    _Atomic uint32_t handlers;
    uint64_t period_ns;
    // True when each sample sets the clock for the next; false when the clock repeats by itself, above the kernel's rate.
    bool jitters;
    uint64_t short_ticks; // a quarter of the period, in ticks
    enum hearth_unwinder unwinder;
    bool keep_run_loop;

    struct hearth_thread *threads; // hearth_thread_limit slots, mapped once, never unmapped
    _Atomic(struct hearth_module_table *) modules;
    struct hearth_scratch *scratch;
    _Atomic uint64_t scratch_used;

    // The ring: words, a power of two. `head` is reserved up to, `tail` is read up to; both count up for ever.
    uint64_t *ring;
    uint64_t ring_words;
    _Atomic uint64_t ring_head;
    _Atomic uint64_t ring_tail;
    _Atomic bool ring_alarm; // the drain thread has been told that the ring is half full

    // Where the running task and the thread's own label list are, relative to the thread pointer; see Labels.h.
    _Atomic(const void *) label_key;
    _Atomic intptr_t task_offset;     // 0 while not known
    _Atomic intptr_t fallback_offset; // 0 while not known
    _Atomic uint32_t task_locals_offset;

    // What the drain thread sleeps on.
    sem_t wake;

    struct sigaction previous;

    _Atomic uint64_t samples, lost_ring_full, lost_no_scratch, lost_no_room, lost_unknown, truncated, gave_up, async, async_broken,
        faults_avoided, handler_ticks, missed_weight;
    _Atomic uint64_t handler_times[hearth_bucket_count];
    _Atomic uint64_t threads_refused, threads_blocked;
};

enum { hearth_thread_limit = 16384 };

extern struct hearth_state hearth_state;

/// The handler of SIGPROF. errno is kept. Signals that are not ours go to the previous handler.
void hearth_handle_signal(int number, siginfo_t *info, void *context);
