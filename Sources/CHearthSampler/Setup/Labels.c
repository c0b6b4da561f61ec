// Where Swift keeps task-local values, found out by looking instead of trusted: a known value is bound, and the places
// where the handler would look are searched for it. A runtime laid out in another way gives no labels, never wrong ones.
#include "../Handler/GuardedLoad.h"
#include "../Handler/Labels.h"
#include "Setup.h"

#include <dlfcn.h>
#include <link.h>

#define WEAK __attribute__((weak))
WEAK extern void *swift_task_getCurrent(void);
WEAK extern const uint64_t *swift_task_localValueGet(const void *key);

struct search {
    uintptr_t function;
    uintptr_t block; // the module's thread-local block on this thread
    size_t size;
};

/// The thread-local block of the object file that `function` is in.
static int find_block(struct dl_phdr_info *info, size_t size, void *context) {
    struct search *search = context;
    (void)size;
    bool inside = false;
    size_t block_size = 0;
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[index];
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_LOAD && search->function - start < header->p_memsz) inside = true;
        if (header->p_type == PT_TLS) block_size = header->p_memsz;
    }
    if (!inside) return 0;
    search->block = (uintptr_t)info->dlpi_tls_data;
    search->size = block_size;
    return 1;
}

static bool finds(uintptr_t list, uint64_t expected) {
    if (list == 0 || (list & 7) || !hearth_is_readable(list) || !hearth_is_readable(list + 24)) return false;
    return *(const void *const *)(list + hearth_item_key) == atomic_load(&hearth_state.label_key) &&
           *(const uint64_t *)(list + hearth_item_value) == expected;
}

static uint64_t bound_value(void) {
    struct hearth_stack_reader reader = {0};
    return hearth_bound_value(atomic_load(&hearth_state.label_key), hearth_running_task(), &reader);
}

bool hearth_labels_calibrate(uint64_t expected, bool in_task) {
    if (!swift_task_getCurrent) return false;
    struct search search = {.function = (uintptr_t)swift_task_getCurrent};
    if (!dl_iterate_phdr(find_block, &search) || search.block == 0) return false;
    uintptr_t thread = hearth_thread_pointer();
    // A block from the heap, where the runtime was opened later, is at another distance on every thread.
    if (!hearth_is_static_storage(search.block, thread)) return false;
    uintptr_t task = (uintptr_t)swift_task_getCurrent();
    if (in_task != (task != 0)) return false;
    for (size_t word = 0; word + 8 <= search.size; word += 8) {
        uintptr_t value = *(const uintptr_t *)(search.block + word);
        intptr_t offset = (intptr_t)(search.block + word - thread);
        if (!in_task) {
            if (value == 0 || (value & 7) || !hearth_is_readable(value)) continue;
            if (!finds(*(const uintptr_t *)value, expected)) continue;
            atomic_store(&hearth_state.fallback_offset, offset);
            return bound_value() == expected;
        }
        if (value != task) continue;
        for (uint32_t locals = 16; locals < 512; locals += 8) {
            if (!hearth_is_readable(task + locals)) break;
            if (!finds(*(const uintptr_t *)(task + locals), expected)) continue;
            atomic_store(&hearth_state.task_locals_offset, locals);
            atomic_store(&hearth_state.task_offset, offset);
            return bound_value() == expected;
        }
    }
    return false;
}

void hearth_labels_set_key(const void *key) { atomic_store(&hearth_state.label_key, key); }

uint64_t hearth_labels_current(void) {
    struct hearth_stack_reader reader = {0};
    return hearth_current_label(hearth_running_task(), &reader);
}

// Three numbers below 2^21 in one word: an entry is whole or absent, whoever writes it.
enum { join_bits = HEARTH_LABEL_BITS, join_slots = 4096 };
static _Atomic uint64_t joins[join_slots];

static size_t join_slot(uint64_t outer, uint64_t inner) {
    return (size_t)(((outer << join_bits | inner) * 0x9E3779B97F4A7C15u) >> 52);
}

/// The handler's walk without its probes: outside a signal the running task is alive, and so are its parents' values.
static uint64_t find_plainly(uintptr_t item, const void *key) {
    for (int count = 0; item && count < hearth_item_limit; count++) {
        uintptr_t next = *(const uintptr_t *)item;
        if (!(next & hearth_item_is_link)) {
            if (*(const uintptr_t *)(item + hearth_item_key) == (uintptr_t)key) {
                return *(const uint64_t *)(item + hearth_item_value);
            }
        } else if ((next & hearth_item_ends) == hearth_item_ends) {
            return 0;
        }
        item = next & ~(uintptr_t)hearth_item_bits;
    }
    return 0;
}

static inline uint64_t bound(void) {
    const void *key = atomic_load_explicit(&hearth_state.label_key, memory_order_relaxed);
    intptr_t task_offset = atomic_load_explicit(&hearth_state.task_offset, memory_order_acquire);
    intptr_t fallback_offset = atomic_load_explicit(&hearth_state.fallback_offset, memory_order_relaxed);
    if (task_offset && fallback_offset) {
        uintptr_t thread = hearth_thread_pointer();
        uintptr_t task = *(const uintptr_t *)(thread + (uintptr_t)task_offset);
        if (task) {
            uint32_t locals = atomic_load_explicit(&hearth_state.task_locals_offset, memory_order_relaxed);
            return find_plainly(*(const uintptr_t *)(task + locals), key);
        }
        uintptr_t storage = *(const uintptr_t *)(thread + (uintptr_t)fallback_offset);
        return storage ? find_plainly(*(const uintptr_t *)storage, key) : 0;
    }
    const uint64_t *value = swift_task_localValueGet ? swift_task_localValueGet(key) : NULL;
    return value ? *value : 0;
}

uint64_t hearth_labels_bound(void) { return bound(); }

uint64_t hearth_labels_to_bind(uint64_t inner) {
    if (!atomic_load_explicit(&hearth_running, memory_order_relaxed) || inner == 0) return 0;
    uint64_t outer = bound();
    if (outer == 0 || outer == inner) return inner;
    uint64_t entry = atomic_load_explicit(&joins[join_slot(outer, inner)], memory_order_relaxed);
    return entry >> join_bits == (outer << join_bits | inner) ? entry & ((1u << join_bits) - 1) : HEARTH_LABELS_UNJOINED;
}

void hearth_labels_remember_join(uint64_t outer, uint64_t inner, uint64_t joined) {
    if ((outer | inner | joined) >> join_bits) return;
    atomic_store_explicit(&joins[join_slot(outer, inner)], (outer << join_bits | inner) << join_bits | joined,
                          memory_order_relaxed);
}
