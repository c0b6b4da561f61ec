// The module table that the handler reads: replaced whole, the old one freed when no handler can be in it.
#include "Setup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct hearth_module_table *retired;

static int by_start(const void *left, const void *right) {
    uintptr_t a = ((const struct hearth_module *)left)->start, b = ((const struct hearth_module *)right)->start;
    return a < b ? -1 : a > b;
}

static bool cache_taken[hearth_cache_count];

/// Both caches of a table, empty: a place of the arena when one is free.
static bool take_caches(struct hearth_module_table *table) {
    char *caches = NULL;
    table->cache = -1;
    for (int index = 0; index < hearth_cache_count && hearth_state.caches && !caches; index++) {
        if (cache_taken[index]) continue;
        cache_taken[index] = true;
        table->cache = index;
        caches = hearth_state.caches + (size_t)index * hearth_cache_bytes;
        memset(caches, 0, hearth_cache_bytes);
    }
    if (!caches) caches = hearth_map_pages(hearth_cache_bytes, true);
    table->rule_cache = (_Atomic uint64_t *)caches;
    table->async_cache = (_Atomic uint64_t *)(caches + (sizeof(uint64_t) << hearth_rule_cache_bits));
    return caches != NULL;
}

bool hearth_modules_publish(const struct hearth_module *modules, size_t count) {
    struct hearth_module_table *table = malloc(sizeof *table + count * sizeof *modules);
    if (!table) return false;
    if (!take_caches(table)) {
        free(table);
        return false;
    }
    table->retired = NULL;
    table->count = count;
    if (count > 0) memcpy(table->modules, modules, count * sizeof *modules);
    qsort(table->modules, count, sizeof *modules, by_start);
    struct hearth_module_table *old = atomic_exchange_explicit(&hearth_state.modules, table, memory_order_seq_cst);
    if (old) {
        old->retired = retired;
        retired = old;
    }
    return true;
}

bool hearth_modules_reclaim(void) {
    if (!retired) return true;
    // A handler that began after the exchange reads the new table; when none is running, none reads an old one.
    if (atomic_load_explicit(&hearth_state.handlers, memory_order_seq_cst) != 0) return false;
    while (retired) {
        // Taken out first: a fork in between must not leave a freed one in the child's list.
        struct hearth_module_table *old = retired;
        retired = old->retired;
        if (old->cache < 0) munmap(old->rule_cache, hearth_cache_bytes);
        else cache_taken[old->cache] = false;
        free(old);
    }
    return true;
}

bool hearth_is_code(uintptr_t address) {
    // A reader like a handler: the table stays while it is counted.
    atomic_fetch_add_explicit(&hearth_state.handlers, 1, memory_order_seq_cst);
    const struct hearth_module_table *table = atomic_load_explicit(&hearth_state.modules, memory_order_acquire);
    bool found = false;
    for (size_t index = 0; table && index < table->count && !found; index++) {
        found = table->modules[index].start <= address && address < table->modules[index].end;
    }
    atomic_fetch_sub_explicit(&hearth_state.handlers, 1, memory_order_release);
    return found;
}
