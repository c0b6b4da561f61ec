// What depends on the processor: x86-64. Another processor is another branch here and another row evaluator.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#if !defined(__x86_64__)
#error "Hearth samples on x86-64; see Docs/Architecture.md for what another processor needs"
#endif

struct hearth_registers {
    uintptr_t pc, sp, fp;
    // Swift passes the async context in this one (r14); known for the interrupted frame only, else 0.
    uintptr_t async_context;
    // The register that a system call answers in (rax); of the interrupted frame too.
    uintptr_t result;
};

static inline struct hearth_registers hearth_interrupted_registers(const void *context) {
    const ucontext_t *interrupted = context;
    return (struct hearth_registers){
        .pc = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RIP],
        .sp = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RSP],
        .fp = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RBP],
        .async_context = (uintptr_t)interrupted->uc_mcontext.gregs[REG_R14],
        .result = (uintptr_t)interrupted->uc_mcontext.gregs[REG_RAX],
    };
}

/// Of the instruction of a system call; the kernel sets a thread back by it that is to make the call again.
enum { hearth_call_instruction_bytes = 2 };

/// Whether the signal has ended the wait of a system call.
enum hearth_interrupted_call {
    hearth_call_none,
    hearth_call_goes_on, // the kernel has set the thread back: it makes the call again
    hearth_call_ends,    // the call answers EINTR
};

/// Whether the registers can be those of an interrupted system call: what follows reads the code, which costs a probe.
static inline bool hearth_may_be_in_call(const struct hearth_registers *registers) {
    // Its number, set back by the kernel, or EINTR. Code that spans two pages is left alone.
    uintptr_t in_page = registers->pc & 4095;
    return (registers->result < 1024 || registers->result == (uintptr_t)-4) && in_page >= 2 && in_page < 4095;
}

/// - Parameter registers: of readable code, and as `hearth_may_be_in_call` wants them.
static inline enum hearth_interrupted_call hearth_find_interrupted_call(const struct hearth_registers *registers) {
    const uint8_t *code = (const uint8_t *)registers->pc; // `syscall` is 0f 05
    if (registers->result == (uintptr_t)-4) return code[-2] == 0x0f && code[-1] == 0x05 ? hearth_call_ends : hearth_call_none;
    return code[0] == 0x0f && code[1] == 0x05 ? hearth_call_goes_on : hearth_call_none;
}

/// Offsets in the frame that the kernel builds for a handler. When the trampoline that returns from it is the current
/// instruction, the stack pointer is at the ucontext.
enum {
    hearth_signal_frame_fp = 40 + 8 * 10, // uc_mcontext.gregs[REG_RBP]
    hearth_signal_frame_sp = 40 + 8 * 15,
    hearth_signal_frame_pc = 40 + 8 * 16,
    hearth_signal_frame_context = 40 + 8 * 6, // R14
};

/// Where an interrupted async function stands, as far as its frame goes. Its unwind rows are wrong for one or two
/// instructions of the prologue and of the epilogue, so these are told by the code itself.
struct hearth_async_place {
    bool in_body;              // the frame is whole: the rows hold, and the context is below the saved frame pointer
    uintptr_t cfa_from_sp;     // otherwise: CFA − sp
    uintptr_t saved_fp_offset; // CFA − where the frame pointer was saved, 0 when it is still or again the caller's
    bool context_in_register;  // the context has not been stored yet
};

/// The prologue is push rbp; push r14; lea 8(%rsp), %rbp; the epilogue ends in pop rbp; btr $60, rbp; jmp. `code` is the
/// interrupted instruction, which is mapped because it was about to run, and `offset` its distance from the function's
/// start.
static inline struct hearth_async_place hearth_find_async_place(const uint8_t *code, uintptr_t offset) {
    const uint8_t *start = code - offset;
    if (offset < 8 && start[0] == 0x55 && start[1] == 0x41 && start[2] == 0x56) {
        switch (offset) {
        case 0: return (struct hearth_async_place){.cfa_from_sp = 8, .context_in_register = true};
        case 1: return (struct hearth_async_place){.cfa_from_sp = 16, .saved_fp_offset = 16, .context_in_register = true};
        default: return (struct hearth_async_place){.cfa_from_sp = 24, .saved_fp_offset = 16, .context_in_register = true};
        }
    }
    static const uint8_t clear_bit_60[5] = {0x48, 0x0f, 0xba, 0xf5, 0x3c};
    bool at_clear = true, after_clear = offset >= 5;
    for (int index = 0; index < 5; index++) {
        if (code[index] != clear_bit_60[index]) {
            at_clear = false;
            break;
        }
    }
    for (int index = 0; after_clear && index < 5; index++) after_clear = code[index - 5] == clear_bit_60[index];
    if (at_clear || after_clear) return (struct hearth_async_place){.cfa_from_sp = 8};
    return (struct hearth_async_place){.in_body = true};
}

/// A counter that runs at a constant rate on every core; cheaper than the clock by the time of a call.
static inline uint64_t hearth_ticks(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/// By an instruction: memcpy would be reached through the loader's tables.
static inline void hearth_copy_words(uint64_t *to, const uint64_t *from, uint64_t count) {
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

/// Where this thread's static thread-local storage is reached from.
static inline uintptr_t hearth_thread_pointer(void) {
    uintptr_t pointer;
    __asm__("mov %%fs:0, %0" : "=r"(pointer));
    return pointer;
}
