// The label of the running code, read by plain loads. Safe in a signal.
//
// A task-local value is an item of a list that hangs on the running task, or, outside a task, on the thread. The runtime
// links an item in when it is whole and unlinks it before it is destroyed, so a handler on the same thread sees a whole
// list at any instruction. The runtime's own getter is not called: it reaches thread-local storage through
// __tls_get_addr, which may allocate after a dlopen.
#pragma once

#include "Processor.h"
#include "State.h"

struct hearth_task_local_item {
    uintptr_t next; // the low three bits say what kind of item this is
    const void *key;
    const void *value_type;
    uint64_t value;
};
enum {
    // An item with this bit has no key: it only links to the parent task's list, or marks a boundary.
    hearth_task_local_is_link = 4,
    hearth_task_local_bits = 7,
    hearth_task_local_limit = 512, // items looked at; a longer list has no label for us
};

static inline uint64_t hearth_find_label(const struct hearth_task_local_item *item, const void *key) {
    for (int count = 0; item && count < hearth_task_local_limit; count++) {
        if (!(item->next & hearth_task_local_is_link) && item->key == key) return item->value;
        if ((item->next & 6) == 6) return 0; // the end of what may be seen from here
        item = (const struct hearth_task_local_item *)(item->next & ~(uintptr_t)hearth_task_local_bits);
    }
    return 0;
}

static inline uint64_t hearth_current_label(void) {
    const void *key = atomic_load_explicit(&hearth_state.label_key, memory_order_relaxed);
    if (!key) return 0;
    uintptr_t thread = hearth_thread_pointer();
    intptr_t task_offset = atomic_load_explicit(&hearth_state.task_offset, memory_order_acquire);
    if (task_offset) {
        uintptr_t task = *(const uintptr_t *)(thread + (uintptr_t)task_offset);
        if (task) {
            uint32_t locals = atomic_load_explicit(&hearth_state.task_locals_offset, memory_order_relaxed);
            return hearth_find_label(*(struct hearth_task_local_item *const *)(task + locals), key);
        }
    }
    intptr_t fallback_offset = atomic_load_explicit(&hearth_state.fallback_offset, memory_order_relaxed);
    if (!fallback_offset) return 0;
    uintptr_t storage = *(const uintptr_t *)(thread + (uintptr_t)fallback_offset);
    return storage ? hearth_find_label(*(struct hearth_task_local_item *const *)storage, key) : 0;
}
