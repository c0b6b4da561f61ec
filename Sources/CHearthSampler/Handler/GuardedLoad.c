#include "GuardedLoad.h"

bool hearth_probe_page(struct hearth_stack_reader *reader, uintptr_t address) {
    if (address & 7) return false;
    uintptr_t page = address & ~(uintptr_t)4095;
    for (int index = 0; index < hearth_probed_pages; index++) {
        if (reader->probed[index] == page && page) return true;
    }
    if (address < 4096 || !hearth_is_readable(address)) {
        atomic_fetch_add_explicit(&hearth_state.faults_avoided, 1, memory_order_relaxed);
        return false;
    }
    reader->probed[reader->probes++ % hearth_probed_pages] = page;
    return true;
}
