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
    // the tick of its last sample. The thread's own handler's, but for the first values. See Clock.h.
    uint64_t deadline;
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

/// A span that is open, or over with samples that were not read yet; see Setup/Spans.c.
struct hearth_span_slot {
    _Atomic uint64_t state; // the generation, and below it the bits
    void *source;           // what knows the span's ids; Setup's
};
enum {
    hearth_span_live = 1 << 0,
    hearth_span_pending = 1 << 1, // a sample was taken that the drain thread has not met
    hearth_span_ended = 1 << 2,   // over, but pending
    hearth_span_seen = 1 << 3,    // a sample was taken at some time
    hearth_span_generation = 8,   // shift
};

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

    // Where contexts of spans are bound, and the type of the mark in them; see Spans.h. The rest is valid with the key.
    _Atomic(const void *) context_key;
    uintptr_t mark_type;
    struct hearth_span_slot *spans; // hearth_span_slots, mapped once, never unmapped
    _Atomic uint64_t spans_stale;

    // What the drain thread sleeps on.
    sem_t wake;

    struct sigaction previous;

    _Atomic uint64_t samples, lost_ring_full, lost_no_scratch, lost_unknown, truncated, gave_up, async, async_broken,
        faults_avoided, handler_ticks, missed_weight;
    _Atomic uint64_t handler_times[hearth_bucket_count];
    _Atomic uint64_t threads_refused, threads_blocked;
};

enum { hearth_thread_limit = 16384 };

extern struct hearth_state hearth_state;

/// The handler of SIGPROF. errno is kept. Signals that are not ours go to the previous handler.
void hearth_handle_signal(int number, siginfo_t *info, void *context);
