#include "Setup.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

void *hearth_map_pages(size_t bytes) {
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

int32_t hearth_thread_id(void) { return (int32_t)syscall(SYS_gettid); }
