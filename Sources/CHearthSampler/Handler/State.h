// Everything that a signal handler reads or writes. Laid out here, allocated and freed by Setup/ only.
#pragma once

#include "CHearthSampler.h"

#include <semaphore.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>

/// Frames of a walk whose rules the next one of the thread fetches ahead.
enum { hearth_recent_rules = 16 };

/// A thread that is sampled. Slots are reused; a slot's address is what the signals of its timers carry.
///
/// The first cache line is all that a sample of the CPU clock touches.
struct hearth_thread {
    // 0 free, else the thread id. Written by Setup under its lock, read by the handler.
    alignas(64) _Atomic int32_t tid;
    int32_t timer;   // kernel timer id, -1 for none
    int32_t perf_fd; // perf event, -1 for none
    uint32_t shots;  // samples of the CPU clock; the thread's own handler's
    // Bounds of the thread's stack; 0 until known. The handler trusts them only if its stack pointer lies inside.
    _Atomic uintptr_t stack_low;
    _Atomic uintptr_t stack_high;
    // The moment on the thread's CPU clock for which the clock is set, nanoseconds, the state of its random numbers, and
    // the tick of its last sample. The thread's own handler's, but for the first values. See Clock.h.
    _Atomic uint64_t deadline; // Setup looks at it when it stops the clock
    uint64_t random;
    uint64_t last_ticks;
    _Atomic uint64_t period_ns; // CPU time that one shot of the clock stands for

    uint32_t samples; // recorded; the thread's own handler's
    _Atomic uint64_t owed_ns; // CPU time of threads that ended before a tick met them, for the first sample to take

    uint64_t phase;    // where in its period the clock shoots; the thread's own handler's
    uint64_t perf_gap; // CPU time between two shots of a perf event, as last set

    // The places in the cache of rules that its last walk used, for the next one to fetch ahead; the handler's.
    uint32_t recent_rules[hearth_recent_rules];

    // Wall clock: time for which the thread still owes a stack; where it stood in its last one, and the CPU time that it had
    // used after that. See Setup/WallClock.c.
    _Atomic uint64_t wall_due;
    _Atomic uintptr_t wall_sp, wall_pc;
    _Atomic uint64_t wall_cpu;
    uint64_t wall_settled; // CPU time with which it was found to stand there still; Setup's
    uint64_t wall_repeats; // time for which its last stack holds, not yet told; Setup's
    bool wall_sampled;     // has a stack that time can be added to; Setup's

    bool bounds_sought;    // by Setup, in vain or not
    bool attached;         // announced itself, and will tell when it ends; the others were found by listing
    bool missed;           // attached, and not in the last thorough listing
    // Where the stack pointer was when bounds were not known, for Setup to look up.
    _Atomic uintptr_t seen_stack_pointer;
    uint64_t perf_id; // the kernel's number of the event, to know it by: the host may close descriptors it does not know
};

/// Rules by program counter, as handlers find them: one cache line a frame where the search of the tables takes eight. An
/// entry is one word, so it is whole whoever writes it: the high half is what the place in the table leaves of the 47
/// bits of the address, the low half the rule.
enum { hearth_rule_cache_bits = 15 };

/// Where an async function begins, by program counter: the high bits are what the place in the table leaves of the
/// address, below them the distance from the function's start and whether it is a part that runs after an awaited function.
enum { hearth_async_cache_bits = 10, hearth_async_distance_bits = 24 };

/// A clock is moved about with every so many shots, a perf event less often: that takes two system calls. See Clock.h.
enum { hearth_shots_a_phase = 4, hearth_perf_shots_a_phase = 8 };

/// A published module table. `retired` chains old ones until no handler reads them.
struct hearth_module_table {
    struct hearth_module_table *retired;
    _Atomic uint64_t *rule_cache;  // 1 << hearth_rule_cache_bits entries, this table's own
    _Atomic uint64_t *async_cache; // 1 << hearth_async_cache_bits entries
    int cache; // which of hearth_state.caches its caches are in; -1 for a mapping of their own
    size_t count;
    struct hearth_module modules[];
};

/// Caches for the table in use and for the one that replaces it; more only while handlers hold old ones.
enum { hearth_cache_count = 2 };
enum {
    hearth_cache_bytes = (sizeof(uint64_t) << hearth_rule_cache_bits) + (sizeof(uint64_t) << hearth_async_cache_bits)
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

/// What the handler and the walks in here take of the thread's stack below the signal frame, at most: HandlerSymbolsTests
/// adds up the frames. A signal that finds less is dropped and counted.
enum { hearth_handler_room = 2048 };

/// Threads by perf descriptor: what a perf event's signal carries. Descriptors above it are not used for clocks.
enum { hearth_descriptor_limit = 65536 };

enum { hearth_thread_limit = 16384 };

struct hearth_state {
    // What every sample reads, in two cache lines.
    alignas(64) _Atomic bool armed;
    bool keep_run_loop;
    _Atomic bool wall; // the wall clock is on, or asks every thread once
    // True when samples move the clock about (Clock.h); false above the kernel's rate of ticks.
    bool jitters;
    enum hearth_unwinder unwinder;
    struct hearth_thread *threads; // hearth_thread_limit slots, mapped once, never unmapped
    _Atomic(struct hearth_module_table *) modules;
    struct hearth_scratch *scratch;
    char *caches; // hearth_cache_count times hearth_cache_bytes
    // The ring: words, a power of two. `head` is reserved up to, `tail` is read up to; both count up for ever.
    uint64_t *ring;
    uint64_t ring_words;
    uint64_t ticks_a_microsecond; // at most; for comparisons with periods
    // Where the running task and the thread's own label list are, relative to the thread pointer; see Labels.h.
    _Atomic(const void *) label_key;
    _Atomic intptr_t task_offset;     // 0 while not known
    _Atomic intptr_t fallback_offset; // 0 while not known
    _Atomic uint32_t task_locals_offset;
    // Where a task keeps the task that it is a child of, and how far that one has come; 0 while not known. See Tasks.h.
    _Atomic uint32_t task_parent_offset;
    _Atomic uint32_t task_status_offset;
    // Where contexts of spans are bound, and the type of the mark in them; see Spans.h. The rest is valid with the key.
    _Atomic(const void *) context_key;
    uintptr_t mark_type;
    struct hearth_span_slot *spans; // hearth_span_slots, mapped once, never unmapped

    // Written by every sample. Setup frees what handlers may read when it has seen none between entry and exit.
    alignas(64) _Atomic uint32_t handlers;
    _Atomic uint64_t scratch_used;
    _Atomic uint64_t spans_stale; // samples whose span was out of date
    _Atomic uint64_t ring_head;
    _Atomic bool ring_alarm; // the drain thread has been told that the ring is half full

    // Written by the drain thread.
    alignas(64) _Atomic uint64_t ring_tail;
    _Atomic uint32_t *thread_by_descriptor; // slot index + 1, hearth_descriptor_limit entries; NULL without perf clocks

    // What the drain thread sleeps on.
    sem_t wake;

    struct sigaction previous;

    // What has no record in the ring to be counted by.
    _Atomic uint64_t lost_ring_full, lost_no_scratch, lost_no_room, lost_unknown, lost_ns, faults_avoided;
    // Counted by the reader of the ring, from the records.
    _Atomic uint64_t samples, truncated, gave_up, async, async_broken, interrupted_calls, handler_ticks;
    _Atomic uint64_t handler_times[hearth_bucket_count];
    _Atomic uint64_t threads_refused, threads_blocked, threads_unanswered;
    uint64_t unanswered; // counted in the wall clock's turn
};

extern struct hearth_state hearth_state;

/// The handler of SIGPROF. errno is kept. Signals that are not ours go to the previous handler.
void hearth_handle_signal(int number, siginfo_t *info, void *context);
