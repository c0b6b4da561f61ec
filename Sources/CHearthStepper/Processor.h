// What depends on the processor: x86-64.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

/// From the next instruction of the caller on, each ends in a SIGTRAP.
void hearth_trap_on(void);
/// The handler ends the steps when it meets this function.
void hearth_trap_off(void);

enum { trap_flag = 0x100 };

static inline uintptr_t interrupted_pc(const ucontext_t *context) {
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
}
static inline uintptr_t interrupted_sp(const ucontext_t *context) {
    return (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
}
static inline void end_steps(ucontext_t *context) { context->uc_mcontext.gregs[REG_EFL] &= ~(greg_t)trap_flag; }

/// Where a signal frame holds the interrupted program counter.
static inline uintptr_t interrupted_pc_place(const ucontext_t *context) {
    return (uintptr_t)&context->uc_mcontext.gregs[REG_RIP];
}
/// Where a signal frame holds the address that the handler returns to.
static inline uintptr_t handler_return_place(const ucontext_t *context) { return (uintptr_t)context - 8; }

/// Whether the instruction is a call, by its code: E8, or FF with 2 in its middle bits, behind any prefixes.
static inline bool is_call(const uint8_t *code) {
    while (*code == 0x66 || *code == 0x67 || *code == 0x2e || *code == 0x3e || *code == 0xf2 || *code == 0xf3 ||
           (*code & 0xf0) == 0x40) {
        code++;
    }
    return *code == 0xe8 || (*code == 0xff && (code[1] >> 3 & 7) == 2);
}
