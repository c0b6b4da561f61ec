// Runs code one instruction at a time and compares, at each of them, what Hearth's walk and libunwind's say of the callers
// with a witness that has seen every call and return.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { hearth_step_frame_limit = 96 };

enum hearth_step_chain {
    hearth_step_witness = 0,
    hearth_step_hybrid = 1,
    hearth_step_libunwind = 2,
};

/// What is told by a record; several bits at once.
enum hearth_step_event {
    hearth_step_hybrid_differs = 1 << 0,    // from the witness
    hearth_step_libunwind_differs = 1 << 1, // from the witness
    hearth_step_logical = 1 << 2,           // no difference: the logical callers at an address of a watched function
    hearth_step_cut_differs = 1 << 3,       // without the run loop the walk is not the same chain, cut and gone on logically
};

/// One way in which one address was met, `count` times.
struct hearth_step_record {
    uint32_t events;
    uint32_t flags; // of the hybrid walk
    uint64_t count;
    uint64_t pc;
    uint64_t watched; // the innermost address in a watched function, 0 for none
    uint8_t code[16]; // at pc
    uint32_t counts[3];
    uint64_t frames[3][hearth_step_frame_limit]; // by hearth_step_chain; with the bits of their kinds
};

struct hearth_steps {
    uint64_t instructions;
    uint64_t addresses; // different ones
    uint64_t same;      // instructions at which all three agree
    bool ended;         // the body ended before the budget did
    bool began;         // the first instruction's chains agreed: what the witness starts from
};

/// Steps `body(context)` for `budget` instructions; it runs on without steps after that. The calling thread only, and only
/// one at a time. Unwind tables must have been published and libunwind opened. Records of an earlier run are dropped.
///
/// With `skip_libunwind` it is left out: where the code takes the loader's lock, which libunwind would wait for.
void hearth_step(void (*body)(void *), void *context, uint64_t budget, bool skip_libunwind, struct hearth_steps *steps);
/// An address in this program's code.
uint64_t hearth_step_own_code(void);
size_t hearth_step_record_count(void);
const struct hearth_step_record *hearth_step_record_at(size_t index);
/// A frame of a record's chain; Swift does not see two-dimensional arrays as such.
static inline uint64_t hearth_step_frame(const struct hearth_step_record *record, enum hearth_step_chain chain,
                                         uint32_t index) {
    return record->frames[chain][index];
}

/// Code whose logical callers are recorded: [start, end) pairs, sorted. The array stays the caller's.
struct hearth_step_range {
    uint64_t start, end;
};
void hearth_step_watch(const struct hearth_step_range *ranges, size_t count);

/// One of the cases that are about libc.
struct hearth_step_case {
    const char *name;
    void (*body)(void *);
    bool takes_loader_lock;
};
extern const size_t hearth_step_library_case_count;
struct hearth_step_case hearth_step_library_case(size_t index);

/// Where the restorer of libc lies: signal handlers return to it.
extern uint64_t hearth_step_restorer;
