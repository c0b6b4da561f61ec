// Loads from addresses that may not be mapped. Safe in a signal: one system call without side effect.
#pragma once

#include "State.h"

#include <errno.h>
#include <sys/syscall.h>

/// The system call by its instruction: libc's wrapper would set errno and may be a cancellation point.
long hearth_raw_syscall4(long number, long a, long b, long c, long d);

/// Whether the 8 bytes at `address` can be read. The kernel copies the set from the address before it looks at `how`, so
/// a bad `how` answers EINVAL for readable memory and EFAULT for the rest, and never changes the mask. About 0.1 µs.
static inline bool hearth_is_readable(uintptr_t address) {
    long result = hearth_raw_syscall4(SYS_rt_sigprocmask, ~0L, (long)address, 0, 8);
    return result == -EINVAL;
}

enum { hearth_probed_pages = 4 };

/// Loads words for one sample. Inside known bounds a load needs no probe; outside, each page is probed once.
struct hearth_stack_reader {
    uintptr_t low, high; // trusted range: [low, high)
    uintptr_t probed[hearth_probed_pages]; // pages that a probe found readable, the oldest is replaced
    uint32_t probes;
};

/// Whether the page of an address that is in no trusted range can be read.
__attribute__((noinline)) bool hearth_probe_page(struct hearth_stack_reader *reader, uintptr_t address);

static inline bool hearth_stack_load(struct hearth_stack_reader *reader, uintptr_t address, uintptr_t *value) {
    if (__builtin_expect(address < reader->low || address >= reader->high || reader->high - address < 8 || (address & 7), 0)) {
        if (!hearth_probe_page(reader, address)) return false;
    }
    *value = *(const volatile uintptr_t *)address;
    return true;
}
