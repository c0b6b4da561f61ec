// Where a Swift task keeps the task that it is a child of, and whether it runs: found out by looking, like the labels. A runtime
// laid out in another way gives no callers of the parent, never wrong ones.
#include "../Handler/Tasks.h"
#include "../Handler/Unwind.h"
#include "Setup.h"

#define WEAK __attribute__((weak))
WEAK extern void *swift_task_getCurrent(void);

enum { first_word = 72, last_word = 512 };

/// Words of the running task that have the bit of a status that runs. One calibration at a time.
static uintptr_t running_task;
static uint64_t may_be_status; // bit i: the word at first_word + 8 i

static bool load(uintptr_t address, uintptr_t *value) {
    struct hearth_stack_reader reader = {0};
    return hearth_stack_load(&reader, address, value);
}

uintptr_t hearth_tasks_note_running(void) {
    if (!swift_task_getCurrent) return 0;
    uintptr_t task = (uintptr_t)swift_task_getCurrent();
    uintptr_t flags, word;
    // A task that is nobody's child must not look like one.
    if (!task || !load(task + hearth_task_flags, &flags) || flags & hearth_task_is_child) return 0;
    running_task = task;
    may_be_status = 0;
    for (int index = 0; index < (last_word - first_word) / 8; index++) {
        if (load(task + first_word + 8 * (uintptr_t)index, &word) && word & hearth_task_is_running && word >> 32 == 0) {
            may_be_status |= 1ull << index;
        }
    }
    return may_be_status ? task : 0;
}

bool hearth_tasks_calibrate(uintptr_t parent) {
    if (!swift_task_getCurrent || parent == 0 || parent != running_task) return false;
    uintptr_t task = (uintptr_t)swift_task_getCurrent();
    uintptr_t flags, word;
    if (!task || task == parent || !load(task + hearth_task_flags, &flags) || !(flags & hearth_task_is_child)) return false;
    uint32_t parent_offset = 0, status_offset = 0;
    for (uint32_t offset = first_word; offset < last_word && !parent_offset; offset += 8) {
        if (load(task + offset, &word) && word == parent) parent_offset = offset;
    }
    // The parent waits by now: its status has lost the bit. One word alone may have done so.
    for (int index = 0; index < (last_word - first_word) / 8; index++) {
        if (!(may_be_status >> index & 1)) continue;
        if (!load(parent + first_word + 8 * (uintptr_t)index, &word) || word & hearth_task_is_running) continue;
        if (status_offset) return false;
        status_offset = first_word + 8 * (uint32_t)index;
    }
    // And the context where it will go on is one: the first two words of each are a context and code.
    uintptr_t context, resume;
    if (!parent_offset || !status_offset || !load(parent + hearth_task_resume_context, &context) || !context ||
        !load(context + 8, &resume) || !hearth_is_code(resume)) {
        return false;
    }
    atomic_store(&hearth_state.task_status_offset, status_offset);
    atomic_store(&hearth_state.task_parent_offset, parent_offset);
    return true;
}
