// What Swift may call of the sampler. Nothing declared here runs in a signal; what does is in Handler/.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: Unwinding

/// How the caller of a frame is found. The numbers are written to the profile by name, never by value.
enum hearth_unwinder {
    hearth_unwinder_hybrid = 0,         // unwind rows, frame pointer where there is no row
    hearth_unwinder_frame_pointers = 1, // frame pointers only
    hearth_unwinder_libunwind = 2,      // Debian's libunwind, opened at run time; not signal-safe, see its file
};

/// One unwind rule, 8 bytes; the fields of `rule` are those of `UnwindRow` in HearthObjectFiles.
struct hearth_unwind_row {
    uint32_t address; // link-time address − base of the module
    uint32_t rule;
};

/// Where code of an async function lies, 8 bytes.
struct hearth_async_range {
    uint32_t start; // link-time address − async_base of the module
    uint32_t length_and_part; // bytes << 1, and 1 for what runs after an awaited function has returned
};

/// A mapped object file as the handler sees it.
struct hearth_module {
    uintptr_t start; // first and one past the last executable address
    uintptr_t end;
    uintptr_t base; // address that row addresses are relative to, at run time
    const struct hearth_unwind_row *rows; // sorted; may be NULL
    uint32_t row_count;
    // pages[i] is the number of rows with an address below i << hearth_page_shift, counted from base; page_count + 1 entries.
    const uint32_t *pages;
    uint32_t page_count;
    // The same rows with the place where a second register is saved, for a file that finds a frame by it; else NULL.
    const struct hearth_unwind_row *base_rows;
    uint32_t base_row_count;
    uintptr_t async_base; // address that async ranges are relative to, at run time
    const struct hearth_async_range *async_ranges; // sorted; may be NULL
    uint32_t async_count;
};
enum { hearth_page_shift = 10 };

/// Replaces the module table by copies of `modules`, sorted by start. The rows and pages stay the caller's and must
/// live until `hearth_modules_reclaim` has answered true for a later table. Not thread-safe: the drain thread only.
/// Returns false when memory is out; the old table stays.
bool hearth_modules_publish(const struct hearth_module *modules, size_t count);
/// Frees tables that no handler can still be reading. True when only the current one is left.
bool hearth_modules_reclaim(void);

/// True when libunwind could be opened (once a process); otherwise `hearth_libunwind_error` says why.
bool hearth_libunwind_open(void);
const char *hearth_libunwind_error(void);

// MARK: Samples

enum {
    hearth_max_frames = 512,
    // Of a stack deeper than that, this many are kept at the leaf end and the rest at the root end.
    hearth_leaf_frames = 384,
};

/// Bits in a recorded program counter, above the 47 bits of a user address.
#define HEARTH_PC_EXACT (1ull << 63) // a program counter; without it the word is a return address
#define HEARTH_PC_ASYNC (1ull << 62) // a logical caller: where an awaiting function goes on
#define HEARTH_PC_MASK 0x00FFFFFFFFFFFFFFull

enum hearth_sample_flags {
    hearth_sample_reached_root = 1 << 0, // the walk ended where a thread begins
    hearth_sample_truncated = 1 << 1,    // deeper than hearth_max_frames: frames are missing in the middle
    hearth_sample_gave_up = 1 << 2,      // an address that no rule covers: the root end is missing
    hearth_sample_async = 1 << 3,        // a task's stack: its logical callers follow the running function
    hearth_sample_async_broken = 1 << 4, // an async function whose context could not be followed
    hearth_sample_joined = 1 << 5,       // a child task's: the callers of its parent task follow its own
    hearth_sample_parent_runs = 1 << 6,  // a child task's, whose parent did not wait: its callers are not there
    hearth_sample_waiting = 1 << 7,      // inside a system call that waits, or has just been woken from one
    hearth_sample_interrupted = 1 << 8,  // that call answers EINTR because of this signal
    hearth_sample_named = 1 << 9,        // two words behind the frames hold the thread's name
    hearth_sample_repeat = 1 << 10,      // no stack: more time for this thread's last stack of the wall clock
};

/// A sample in the ring: this header, then `frame_count` program counters, leaf first, then perhaps a name.
struct hearth_sample {
    uint64_t control;       // of the ring; 0 while the record is being written
    uint32_t thread;        // kernel thread id
    uint16_t frame_count;
    uint16_t leaf_count;    // frames at the leaf end when truncated, else frame_count
    uint64_t cpu_ns;        // CPU time that this sample stands for; 0 when it is the wall clock's alone
    uint64_t wall_ns;       // time that it stands for; 0 when it is the CPU clock's alone
    uint64_t label;         // interned label set, and above its HEARTH_LABEL_BITS the span's number; 0 for none
    uint64_t ticks;         // when: `hearth_time_of_ticks`
    uint64_t flags;
    uint64_t handler_ticks; // what the handler took up to here
    uint64_t frames[];
};

/// The program counters behind the header; Swift does not see a flexible array.
static inline const uint64_t *hearth_sample_frames(const struct hearth_sample *sample) { return sample->frames; }

/// The thread's name, at most 16 bytes ended by 0, of a sample that is `hearth_sample_named`.
static inline const char *hearth_sample_name(const struct hearth_sample *sample) {
    return (const char *)&sample->frames[sample->frame_count];
}

/// CLOCK_MONOTONIC when the counter stood at `ticks`, nanoseconds. Two readings of the clock, made now, tell what a tick is worth.
struct hearth_tick_scale {
    uint64_t ticks, nanoseconds; // the same moment
    double nanoseconds_a_tick;
};
struct hearth_tick_scale hearth_read_tick_scale(void);
static inline uint64_t hearth_time_of_ticks(struct hearth_tick_scale scale, uint64_t ticks) {
    double back = (double)(int64_t)(scale.ticks - ticks) * scale.nanoseconds_a_tick;
    return back > (double)scale.nanoseconds ? 0 : (uint64_t)((double)scale.nanoseconds - back);
}

/// The oldest complete sample, or NULL. It stays valid until `hearth_ring_release`. Drain thread only.
const struct hearth_sample *hearth_ring_peek(void);
void hearth_ring_release(const struct hearth_sample *sample);

// MARK: Start and stop

/// What tells that a thread has used CPU time.
enum hearth_clock {
    hearth_clock_none = 0,
    hearth_clock_automatic, // perf events for rates that timers cannot reach, where the kernel grants them; else timers
    hearth_clock_timer,     // a POSIX timer on the thread's CPU clock: fires at the kernel's tick
    hearth_clock_perf,      // a perf software event of each thread
};

struct hearth_configuration {
    enum hearth_clock cpu_clock; // none: no CPU time is sampled
    uint64_t period_ns;          // of CPU time
    uint64_t wall_period_ns;     // 0: no wall clock
    uint32_t ring_bytes; // rounded up to a power of two
    enum hearth_unwinder unwinder;
    bool keep_run_loop; // the physical callers of a task's code follow its logical ones
};

/// The clock that runs, and why.
struct hearth_clock_choice {
    enum hearth_clock clock; // none, timer or perf
    bool excludes_kernel;    // perf without time in system calls: all that the kernel grants here
    int perf_error;          // why there are no perf events: the system's error number; 0 when they were not asked for
    uint64_t tick_ns;        // of the kernel; timers fire no faster
};
/// Valid between hearth_start and hearth_finish.
struct hearth_clock_choice hearth_clock_chosen(void);

/// Another period for the CPU clocks of all threads, from now on. Thread-safe.
void hearth_set_period(uint64_t period_ns);

/// Stops the CPU clocks of all threads, or starts them again; the threads stay known. Thread-safe.
void hearth_pause(bool paused);

/// The wall clock's turn: every thread that has run since its last stack is sent a signal, to the others' last stack the
/// time since the last turn is added. Drain thread only.
void hearth_wall_turn(void);
/// Writes what threads' last stacks are still to be given into the ring. Drain thread only.
void hearth_wall_flush(void);

/// Asks every thread for its stack once, where the wall clock is off: each record that comes of it has a wall time of a
/// nanosecond. Waits that a signal interrupts are interrupted. Drain thread only.
void hearth_census_begin(void);
/// Takes the question back from threads that have not answered.
void hearth_census_end(void);

enum hearth_start_result {
    hearth_started = 0,
    hearth_start_no_memory,
    hearth_start_already_running,
    hearth_start_no_signal,      // sigaction refused
    hearth_start_foreign_signal, // another handler of SIGPROF was put over ours since the last start
    hearth_start_no_perf,        // perf events were asked for and are refused: `perf_error` of hearth_clock_chosen
};

/// Installs the handler and allocates; threads are noticed from now on, none is sampled yet. Thread-safe.
enum hearth_start_result hearth_start(const struct hearth_configuration *configuration);
/// Begins to sample threads as they are made, and those that exist now.
void hearth_arm(void);
/// Deletes every clock. The handler stays installed and lets stray signals pass: to restore the default action would
/// let a signal that is already on its way kill the process.
void hearth_disarm(void);
/// After `hearth_disarm`, when the ring has been drained: another `hearth_start` is possible. Memory is kept.
void hearth_finish(void);

/// Differs in a forked child from what it was in the parent: what a drain thread held there is gone.
uint64_t hearth_process_generation(void);

/// Finds threads that exist and are not sampled, forgets those that are gone. Reads /proc/self/task only when the count
/// of threads changed or `thorough` is true. Returns threads now sampled. Thread-safe.
uint32_t hearth_threads_refresh(bool thorough);

struct hearth_counters {
    uint64_t samples;           // taken from the ring
    uint64_t lost_ring_full;    // dropped, no room in the ring
    uint64_t lost_no_scratch;   // dropped, too many handlers at once
    uint64_t lost_no_room;      // dropped, too little left of the thread's stack
    uint64_t lost_unknown;      // signals that met no thread of ours or a stopped agent
    uint64_t lost_ns;           // CPU and wall time that the dropped samples stood for
    uint64_t truncated;         // deeper than hearth_max_frames
    uint64_t gave_up;           // stack ended before the root
    uint64_t async;             // stacks with the logical callers of a task
    uint64_t async_broken;      // async functions whose callers could not be followed
    uint64_t interrupted_calls; // system calls that answered EINTR because of a sample
    uint64_t faults_avoided;    // loads that a probe refused
    uint64_t handler_ns;        // time in the handler
    uint64_t threads_refused;   // no slot or no clock for a thread
    uint64_t threads_blocked;   // threads that block SIGPROF and so cannot be sampled, at the last look
    uint64_t threads_unanswered; // threads that the wall clock waits for an answer of, at its last turn
};
/// A snapshot; fields are read one by one. Thread-safe.
struct hearth_counters hearth_read_counters(void);

/// How long handlers took: bucket i counts those of hearth_bucket_start(i) ticks and more, up to the next bucket. Four
/// buckets to a doubling, so a bucket is at most a fifth wide.
enum { hearth_bucket_count = 160 };
static inline uint64_t hearth_bucket_start(uint32_t bucket) {
    if (bucket < 4) return bucket;
    return (uint64_t)(4 + (bucket & 3)) << ((bucket >> 2) - 1);
}
/// Copies the histogram since the process began into `counts` (hearth_bucket_count) and returns nanoseconds a tick.
double hearth_read_handler_times(uint64_t *counts);

/// Memory that the handler writes to, made at the first start and kept. Bytes.
uint64_t hearth_buffer_bytes(void);

// MARK: Drain thread

/// Starts Hearth's own thread, which is never sampled and has SIGPROF blocked. Returns 0 or an error number.
int hearth_drain_start(void (*body)(void *context), void *context);
/// Waits until the time is over, `hearth_drain_wake` is called, or the ring is half full; true for the last two.
bool hearth_drain_wait(uint64_t nanoseconds);
void hearth_drain_wake(void);
/// CPU time of the calling thread, nanoseconds.
uint64_t hearth_thread_cpu_ns(void);

// MARK: Comparison

/// A walk done for a test or a bench: program counters leaf first with their bits, and the flags of a sample.
struct hearth_walked {
    uint32_t count;
    uint32_t flags;
    uint64_t frames[hearth_max_frames];
};
/// Walks as the handler would from `context`, a ucontext_t of the calling thread. The stack is trusted below `stack_high`
/// and probed page by page where that is 0. Returns false when the walk gave up. Not while a sampler runs.
bool hearth_walk_from(enum hearth_unwinder unwinder, void *context, uintptr_t stack_high, bool keep_run_loop,
                      struct hearth_walked *walked);
/// One past the calling thread's stack, 0 when that is not known.
uintptr_t hearth_own_stack_high(void);

// MARK: Labels

/// Label numbers are below 1 << HEARTH_LABEL_BITS.
#define HEARTH_LABEL_BITS 21

/// True between hearth_start and hearth_finish: whether binding a label has any use. Thread-safe, one load.
bool hearth_is_running(void);
/// Tells where the running Swift task keeps the label: `key` is the TaskLocal object. Called before a label is
/// bound, and before the checks.
void hearth_labels_set_key(const void *key);
/// Called while `expected` is bound under the key, outside a task (`in_task` false) or inside one: looks for the value
/// where the handler would, and returns true when it is found there. Until then the handler reads no label.
bool hearth_labels_calibrate(uint64_t expected, bool in_task);
/// The label that the handler would read on this thread now.
uint64_t hearth_labels_current(void);

/// Called in a task that is no child, before it waits for one: remembers how a task that runs looks. Its address, or 0.
uintptr_t hearth_tasks_note_running(void);
/// Called in a child of that task while the parent waits: looks for where a task keeps its parent. True when found; until
/// then child tasks show no callers of their parents.
bool hearth_tasks_calibrate(uintptr_t parent);

/// What a scope has to bind for the set `inner`: 0 when nothing, because no sampler runs or the set is empty;
/// HEARTH_LABELS_UNJOINED when `inner` is to be joined with what `hearth_labels_bound` gives.
uint64_t hearth_labels_to_bind(uint64_t inner);
#define HEARTH_LABELS_UNJOINED (~0ull)
/// What is bound under the key here; 0 for nothing. Not in a signal.
uint64_t hearth_labels_bound(void);
/// Tells the lock-free cache that `hearth_labels_to_bind` looks into.
void hearth_labels_remember_join(uint64_t outer, uint64_t inner, uint64_t joined);

// MARK: Spans

/// Spans that are open now have slots of a fixed table. A number is a slot and a generation, and is out of date when the
/// slot is given back. Numbers are below 1 << HEARTH_SPAN_BITS, never 0.
#define HEARTH_SPAN_BITS 43
enum { hearth_span_slot_bits = 16, hearth_span_slots = 1 << hearth_span_slot_bits };
#define HEARTH_SPAN_GENERATIONS (1ull << (HEARTH_SPAN_BITS - hearth_span_slot_bits))

/// Tells where contexts are bound and of which type a mark in them is, if the mark is found in `storage`, the storage of a
/// context's dictionary, where it has the number `expected`. Until then the handler looks for no span. Not thread-safe.
bool hearth_spans_calibrate(const void *context_key, const void *mark_type, const void *storage, uint64_t expected);
/// A slot that keeps `source`; 0 and counted when all are taken. Thread-safe, lock-free, as all that follow.
uint64_t hearth_span_claim(void *source);
/// Whether a sample was taken in the span, which has its slot still.
bool hearth_span_was_sampled(uint64_t number);
/// The span is over. Returns the source when the slot is free with that, for the caller to release; NULL when a sample is
/// on its way, and the drain thread will.
void *hearth_span_end(uint64_t number);
/// The source of a span from which a sample came, valid until `hearth_span_settle`; NULL for one that is out of date. Drain
/// thread only, like the next two.
void *hearth_span_source(uint64_t number);
/// What came from the span so far has been read. Returns the source when it is over, for the caller to release.
void *hearth_span_settle(uint64_t number);
/// The same for all spans, while no handler runs.
void hearth_spans_settle_all(void (*release)(void *source));
/// Slots that are taken now. O(slots).
uint32_t hearth_spans_taken(void);
/// The span that the handler would see on this thread now, and if `sampled` what it does when it takes a sample. For tests.
uint64_t hearth_spans_current(bool sampled);

struct hearth_span_counters {
    uint64_t overflow; // spans that found no slot
    uint64_t stale;    // samples whose span was out of date when they were taken
};
struct hearth_span_counters hearth_read_span_counters(void);

// MARK: Images

/// One loaded object file, as dl_iterate_phdr tells it; pointers live during the callback only.
struct hearth_image {
    const char *path; // empty for the program itself
    uintptr_t bias;   // run-time address − link-time address
    uintptr_t text_start, text_end; // executable segment, at run time
    uint64_t text_file_offset;
    uintptr_t eh_frame;     // .eh_frame at run time; 0 when there is none
    uintptr_t eh_frame_end; // end of the segment that holds it: the section ends before, at its terminator
    const uint8_t *build_id;
    size_t build_id_size;
};
/// Calls `visit` for every object file loaded now; it returns nonzero to stop. Takes the loader's lock.
void hearth_images_visit(int (*visit)(const struct hearth_image *, void *), void *context);
/// Changes whenever an object file is loaded or unloaded.
uint64_t hearth_images_version(void);

#ifdef __cplusplus
}
#endif
