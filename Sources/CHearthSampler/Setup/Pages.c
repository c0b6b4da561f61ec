#include "Setup.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *hearth_map_pages(size_t bytes, bool touched) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | (touched ? MAP_POPULATE : MAP_NORESERVE);
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

// Memory that every sample touches lies in one huge page where the system grants it: a handler comes when the host's own pages fill
// the processor's table of translations, and each page more costs it a walk.
enum { huge_page = 1 << 21 };

void *hearth_map_huge_pages(size_t bytes) {
    bytes = (bytes + huge_page - 1) & ~(size_t)(huge_page - 1);
    char *mapped = mmap(NULL, bytes + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return NULL;
    char *start = (char *)(((uintptr_t)mapped + huge_page - 1) & ~(uintptr_t)(huge_page - 1));
    // What was mapped for alignment alone goes back.
    if (start > mapped) munmap(mapped, (size_t)(start - mapped));
    munmap(start + bytes, (size_t)(mapped + huge_page - start));
    madvise(start, bytes, MADV_HUGEPAGE); // where it is refused, small pages do
    for (size_t page = 0; page < bytes; page += 4096) *(volatile char *)(start + page) = 0;
    return start;
}

void hearth_fill_with_asynchronous_signals(sigset_t *set) {
    sigfillset(set);
    const int caused[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    for (size_t index = 0; index < sizeof caused / sizeof *caused; index++) sigdelset(set, caused[index]);
}

int32_t hearth_thread_id(void) { return (int32_t)syscall(SYS_gettid); }
