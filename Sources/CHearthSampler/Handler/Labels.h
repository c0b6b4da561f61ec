// The label of the running code. Safe in a signal.
//
// A task-local value is an item of a list that hangs on the running task, or, outside a task, on the thread. The runtime's
// own getter is not called: it reaches thread-local storage through __tls_get_addr, which may allocate after a dlopen.
//
// The task pointer of a thread can be stale for a few instructions: at a suspension the runtime first lets others resume
// the task and then forgets it, and in between it may run to its end elsewhere. So nothing behind the pointer is trusted:
// each load is probed, and only a number that can be a label's is taken.
#pragma once

#include "GuardedLoad.h"
#include "Processor.h"
#include "State.h"

enum {
    // An item is: the next item, with what kind of item this is in the low three bits; the key; the type; the value.
    hearth_item_key = 8,
    hearth_item_value = 24,
    hearth_item_is_link = 4, // no key: links to the parent task's list, or marks a boundary
    hearth_item_ends = 6,    // both bits: the end of what may be seen from here
    hearth_item_bits = 7,
    hearth_item_limit = 512, // items looked at; a longer list has no label for us
};

/// The value under our key in the list whose first item's address is stored at `place`; 0 for none.
static inline uint64_t hearth_find_label(uintptr_t place, const void *key, struct hearth_stack_reader *reader) {
    uintptr_t item, next, item_key, value;
    if (!hearth_stack_load(reader, place, &item)) return 0;
    for (int count = 0; item && count < hearth_item_limit; count++) {
        if (!hearth_stack_load(reader, item, &next)) return 0;
        if (!(next & hearth_item_is_link)) {
            if (!hearth_stack_load(reader, item + hearth_item_key, &item_key)) return 0;
            if (item_key == (uintptr_t)key) {
                return hearth_stack_load(reader, item + hearth_item_value, &value) ? value : 0;
            }
        } else if ((next & hearth_item_ends) == hearth_item_ends) {
            return 0;
        }
        item = next & ~(uintptr_t)hearth_item_bits;
    }
    return 0;
}

/// The task that runs on this thread, as far as the runtime has told; 0 for none, or where calibration has found no place.
static inline uintptr_t hearth_running_task(void) {
    intptr_t offset = atomic_load_explicit(&hearth_state.task_offset, memory_order_acquire);
    return offset ? *(const uintptr_t *)(hearth_thread_pointer() + (uintptr_t)offset) : 0;
}

/// Whatever is bound under a key here, unchecked: what calibration compares.
static inline uint64_t hearth_bound_value(const void *key, uintptr_t task, struct hearth_stack_reader *reader) {
    if (!key) return 0;
    if (task) {
        uint32_t locals = atomic_load_explicit(&hearth_state.task_locals_offset, memory_order_relaxed);
        return hearth_find_label(task + locals, key, reader);
    }
    intptr_t fallback_offset = atomic_load_explicit(&hearth_state.fallback_offset, memory_order_relaxed);
    if (!fallback_offset) return 0;
    uintptr_t storage = *(const uintptr_t *)(hearth_thread_pointer() + (uintptr_t)fallback_offset);
    return storage ? hearth_find_label(storage, key, reader) : 0;
}

/// The label in force; 0 for none.
static inline uint64_t hearth_current_label(uintptr_t task, struct hearth_stack_reader *reader) {
    const void *key = atomic_load_explicit(&hearth_state.label_key, memory_order_relaxed);
    uint64_t value = hearth_bound_value(key, task, reader);
    return value < 1u << HEARTH_LABEL_BITS ? value : 0;
}
