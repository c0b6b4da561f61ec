// What depends on the processor: x86-64. Another processor is another branch here and another row evaluator.
#pragma once

#include <stdint.h>
#include <ucontext.h>

#if !defined(__x86_64__)
#error "Hearth samples on x86-64; see Docs/Architecture.md for what another processor needs"
#endif

struct hearth_registers {
    uintptr_t pc, sp, fp;
};

static inline struct hearth_registers hearth_interrupted_registers(const void *context) {
    const ucontext_t *interrupted = context;
    return (struct hearth_registers){
        .pc = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP],
        .sp = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RSP],
        .fp = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RBP],
    };
}

/// Offsets in the frame that the kernel builds for a handler. When the trampoline that returns from it is the current
/// instruction, the stack pointer is at the ucontext.
enum {
    hearth_signal_frame_fp = 40 + 8 * 10, // uc_mcontext.gregs[REG_RBP]
    hearth_signal_frame_sp = 40 + 8 * 15,
    hearth_signal_frame_pc = 40 + 8 * 16,
};

/// Where this thread's static thread-local storage is reached from.
static inline uintptr_t hearth_thread_pointer(void) {
    uintptr_t pointer;
    __asm__("mov %%fs:0, %0" : "=r"(pointer));
    return pointer;
}
