// Stack walks. Safe in a signal but for hearth_walk_libunwind, which says so itself.
#pragma once

#include "GuardedLoad.h"
#include "Processor.h"

/// A finished walk: frames leaf first in `frames`, the sample flags, and how many stand at the leaf end.
struct hearth_walk {
    uint64_t *frames; // room for hearth_max_frames
    uint32_t *recent_rules; // of the thread, hearth_recent_rules; may be NULL
    uintptr_t task;   // the running task, for the callers of the tasks that it is a child of; 0 for none
    uint32_t count;
    uint32_t leaf_count;
    uint32_t flags;
};

void hearth_walk_hybrid(struct hearth_walk *walk, struct hearth_registers registers,
                        struct hearth_stack_reader *reader, const struct hearth_module_table *modules);
void hearth_walk_frame_pointers(struct hearth_walk *walk, struct hearth_registers registers,
                                struct hearth_stack_reader *reader);
/// Calls libunwind from the handler: it takes the loader's lock and allocates on a thread's first walk. For comparison
/// and tests; a program that calls dlopen while it runs can deadlock.
void hearth_walk_libunwind(struct hearth_walk *walk, void *context);
