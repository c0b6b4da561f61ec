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
    // Where all registers of this frame were saved; 0 for a caller's.
    uintptr_t saved_registers;
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
        .saved_registers = (uintptr_t)interrupted->uc_mcontext.gregs,
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
    hearth_signal_frame_registers = 40,
    hearth_signal_frame_fp = 40 + 8 * 10, // uc_mcontext.gregs[REG_RBP]
    hearth_signal_frame_sp = 40 + 8 * 15,
    hearth_signal_frame_pc = 40 + 8 * 16,
    hearth_signal_frame_context = 40 + 8 * 6, // R14
};

/// Where the kernel saves a register, from `saved_registers` on, by the number that DWARF gives it.
static inline uintptr_t hearth_saved_register(unsigned number) {
    static const uint8_t places[16] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP,
                                       REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    return 8 * (uintptr_t)places[number & 15];
}
/// Registers by DWARF's numbers: by which the loader's resolver finds its frame, and where longjmp keeps its target.
enum { hearth_base_register = 3, hearth_jump_sp = 8, hearth_jump_fp = 9 };

/// The CFA in a stub of the linkage table, which has pushed one more word from the given byte of its 16 on.
static inline uintptr_t hearth_linkage_stub_cfa(uintptr_t pc, uintptr_t sp, uintptr_t threshold) {
    return sp + 8 + ((pc & 15) >= threshold ? 8 : 0);
}

/// Where a whole frame of an async function keeps its context.
enum { hearth_async_context_below_fp = 8 };

/// Where an interrupted async function stands, as far as its frame goes. Its unwind rows are wrong for one or two
/// instructions of the prologue and of the epilogue, so these are told by the code itself.
struct hearth_async_place {
    bool in_body;              // the frame is whole: the rows hold, and the context is below the saved frame pointer
    uintptr_t cfa_from_sp;     // otherwise: CFA − sp
    uintptr_t saved_fp_offset; // CFA − where the frame pointer was saved, 0 when it is still or again the caller's
    bool context_in_register;  // the context has not been stored yet; otherwise it still lies
    uintptr_t context_below_cfa; // so far below the CFA
};

/// The prologue is push rbp; push r14; lea 8(%rsp), %rbp, behind a sub where a tail call will need room for arguments; the
/// epilogue ends in pop rbp; btr $60, rbp; jmp. Functions of the runtime that take part in switching tasks have them too.
/// `code` is the interrupted instruction, which is mapped because it was about to run, and `offset` its distance from the
/// function's start, or −1 where no start is known: then only what the rows have wrong is told.
static inline struct hearth_async_place hearth_find_async_place(const uint8_t *code, uintptr_t offset) {
    static const uint8_t push_both[8] = {0x55, 0x41, 0x56, 0x48, 0x8d, 0x6c, 0x24, 0x08};
    static const uint8_t clear_bit_60[5] = {0x48, 0x0f, 0xba, 0xf5, 0x3c};
    const bool start_known = offset != (uintptr_t)-1;
    // Which instruction of the prologue, or the one behind it, this may be by its first bytes: how many bytes lie before.
    uintptr_t before = code[0] == 0x55   ? 0
                       : code[0] == 0x41 ? 1
                       : code[0] != 0x48 ? 9
                       : code[1] == 0x8d ? 3
                                         : (code[1] == 0x83 && code[2] == 0xec && code[3] == 8 ? 8 : 9);
    // Without a known start only what lies in the same page is looked at: a file's first function may begin it.
    const uintptr_t known = start_known ? offset : (uintptr_t)code & 4095;
    if (before <= 8 && before <= known) {
        const uint8_t *push = code - before;
        bool matches = true;
        for (uintptr_t index = before; matches && index < 8; index++) matches = push[index] == push_both[index];
        for (uintptr_t index = 0; matches && index < before; index++) matches = push[index] == push_both[index];
        if (matches) {
            uintptr_t room = 0;
            if (known - before >= 4 && push[-4] == 0x48 && push[-3] == 0x83 && push[-2] == 0xec) {
                room = push[-1];
            } else if (known - before >= 7 && push[-7] == 0x48 && push[-6] == 0x81 && push[-5] == 0xec) {
                room = push[-4] | (uintptr_t)push[-3] << 8 | (uintptr_t)push[-2] << 16;
            }
            return (struct hearth_async_place){
                .cfa_from_sp = room + (before == 0 ? 8 : before == 1 ? 16 : 24),
                .saved_fp_offset = before == 0 ? 0 : room + 16,
                .context_in_register = true,
            };
        }
    }
    if (offset == 0) return (struct hearth_async_place){.cfa_from_sp = 8, .context_in_register = true};
    bool at_clear = true;
    for (int index = 0; at_clear && index < 5; index++) at_clear = code[index] == clear_bit_60[index];
    if (at_clear) return (struct hearth_async_place){.cfa_from_sp = 8, .context_below_cfa = 24};
    // Behind it the arguments that the function was given may be dropped, then it jumps.
    const bool drops = code[0] == 0x48 && (code[1] == 0x83 || code[1] == 0x81) && code[2] == 0xc4;
    const bool jumps = code[0] == 0xe9 || code[0] == 0xeb || code[0] == 0xff || code[0] == 0x41;
    if ((drops || jumps) && known >= 12) {
        uintptr_t dropped = 0, length = 0;
        if (jumps && code[-4] == 0x48 && code[-3] == 0x83 && code[-2] == 0xc4) {
            dropped = code[-1];
            length = 4;
        } else if (jumps && code[-7] == 0x48 && code[-6] == 0x81 && code[-5] == 0xc4) {
            dropped = code[-4] | (uintptr_t)code[-3] << 8 | (uintptr_t)code[-2] << 16;
            length = 7;
        }
        const uint8_t *clear = code - length - 5;
        bool after_clear = true;
        for (int index = 0; after_clear && index < 5; index++) after_clear = clear[index] == clear_bit_60[index];
        if (after_clear) return (struct hearth_async_place){.cfa_from_sp = 8, .context_below_cfa = 24 + dropped};
    }
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

/// Whether a thread-local block can be part of the static storage, which lies just below the thread pointer at the same
/// distance on every thread; a block from the heap does not.
static inline bool hearth_is_static_storage(uintptr_t block, uintptr_t thread_pointer) {
    return block < thread_pointer && thread_pointer - block <= 1 << 20;
}

/// Where this thread's static thread-local storage is reached from.
static inline uintptr_t hearth_thread_pointer(void) {
    uintptr_t pointer;
    __asm__("mov %%fs:0, %0" : "=r"(pointer));
    return pointer;
}
