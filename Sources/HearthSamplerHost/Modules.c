// Module tables replaced as fast as they can be while handlers read them.
#include "Host.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Rows of a generation lie in pages of their own, which are unmapped when the table may no longer be read: a handler
// that still does dies of SIGSEGV.
enum { row_count = 16384, kept_generations = 64 };
struct generation {
    struct hearth_unwind_row *rows;
    uint32_t *pages;
    size_t bytes;
};
static uint32_t page_count(uintptr_t length) { return (uint32_t)(length >> hearth_page_shift) + 1; }

static struct generation make(uintptr_t base, uintptr_t length, struct hearth_module *module) {
    struct generation new = {.bytes = row_count * sizeof(struct hearth_unwind_row) + (page_count(length) + 1) * 4};
    new.rows = mmap(NULL, new.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    new.pages = (uint32_t *)(new.rows + row_count);
    // One rule for every address: the caller's frame hangs on the frame pointer, as the compiler was told.
    const uint32_t rule_by_frame_pointer = 2u << 20 | 2u << 4 | 2u;
    uintptr_t step = length / row_count;
    uint32_t row = 0;
    for (uint32_t index = 0; index < row_count; index++) {
        new.rows[index] = (struct hearth_unwind_row){(uint32_t)(index * step), rule_by_frame_pointer};
    }
    for (uint32_t page = 0; page <= page_count(length); page++) {
        while (row < row_count && new.rows[row].address < page << hearth_page_shift) row++;
        new.pages[page] = row;
    }
    *module = (struct hearth_module){.start = base, .end = base + length, .base = base, .rows = new.rows,
        .row_count = row_count, .pages = new.pages, .page_count = page_count(length)};
    return new;
}

__attribute__((noinline)) static int recurse(int depth) {
    if (depth == 0) for (volatile int turn = 0; turn < 100000; turn++) {}
    else recurse(depth - 1);
    __asm__ volatile("");
    return depth;
}
static _Atomic bool enough;
static void *recurse_for_ever(void *nothing) {
    while (!enough) recurse(15000);
    return nothing;
}

int replaces_module_tables(void) {
    // All code of this program is in one range around this function.
    uintptr_t base = ((uintptr_t)recurse & ~(uintptr_t)0xFFFFF) - (1 << 20), length = 4 << 20;
    struct generation held[kept_generations];
    int holding = 0;
    uint64_t freed = 0, waits = 0;
    host_start_with(4000, hearth_unwinder_hybrid);
    pthread_t threads[2];
    for (int index = 0; index < 2; index++) pthread_create(&threads[index], NULL, recurse_for_ever, NULL);
    double end = host_thread_seconds() + host_dose;
    while (host_thread_seconds() < end) {
        struct hearth_module module;
        struct generation new = make(base, length, &module);
        if (!hearth_modules_publish(&module, 1)) return 1;
        bool reclaimed = hearth_modules_reclaim();
        while (!reclaimed && holding == kept_generations - 1) {
            waits++;
            usleep(100);
            reclaimed = hearth_modules_reclaim();
        }
        if (reclaimed) {
            for (int index = 0; index < holding; index++) munmap(held[index].rows, held[index].bytes);
            freed += (uint64_t)holding;
            holding = 0;
        }
        held[holding++] = new;
    }
    enough = true;
    for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
    host_stop();
    struct hearth_counters counters = hearth_read_counters();
    printf("tables freed %llu, samples %llu, full %llu\n", (unsigned long long)freed,
           (unsigned long long)counters.samples, (unsigned long long)waits);
    return freed > 100 && counters.samples > 50 && host_handlers_have_ended() ? 0 : 1;
}
