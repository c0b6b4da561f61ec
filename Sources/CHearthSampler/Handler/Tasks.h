// The task that a child task was made by. Safe in a signal.
//
// A child keeps its parent's address, and the parent cannot end before it. While the parent waits, it keeps the context where
// it will go on: the callers of the function that waits for its children are there. While it runs, that context is an old
// one; its status says which, and is read before and after.
#pragma once

#include "GuardedLoad.h"

enum {
    hearth_task_flags = 32,          // of a job, in every Swift that has tasks: 32 bits, of which 24 says "child task"
    hearth_task_is_child = 1 << 24,
    hearth_task_resume_context = 64, // the first word after the job
    hearth_task_is_running = 0x800,  // in the status
    hearth_parent_limit = 16,        // generations followed
};

/// The parent of a child task; 0 for none, or where calibration has found no place.
static inline uintptr_t hearth_parent_of(uintptr_t task, struct hearth_stack_reader *reader) {
    uint32_t offset = atomic_load_explicit(&hearth_state.task_parent_offset, memory_order_acquire);
    uintptr_t flags, parent;
    if (!offset || !hearth_stack_load(reader, task + hearth_task_flags, &flags)) return 0;
    if (!(flags & hearth_task_is_child)) return 0;
    return hearth_stack_load(reader, task + offset, &parent) ? parent : 0;
}

struct hearth_waiting_task {
    uintptr_t status, context;
};

/// Where a task that waits will go on. False when it runs.
static inline bool hearth_find_waiting(uintptr_t task, struct hearth_stack_reader *reader, struct hearth_waiting_task *found) {
    uint32_t offset = atomic_load_explicit(&hearth_state.task_status_offset, memory_order_relaxed);
    return hearth_stack_load(reader, task + offset, &found->status) && !(found->status & hearth_task_is_running) &&
           hearth_stack_load(reader, task + hearth_task_resume_context, &found->context) && found->context;
}
