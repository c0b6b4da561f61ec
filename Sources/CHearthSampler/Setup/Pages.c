#include "Setup.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *hearth_map_pages(size_t bytes, bool touched) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | (touched ? MAP_POPULATE : MAP_NORESERVE);
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

void hearth_fill_with_asynchronous_signals(sigset_t *set) {
    sigfillset(set);
    const int caused[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS};
    for (size_t index = 0; index < sizeof caused / sizeof *caused; index++) sigdelset(set, caused[index]);
}

int32_t hearth_thread_id(void) { return (int32_t)syscall(SYS_gettid); }
