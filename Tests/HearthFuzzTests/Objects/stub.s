# What only assembly has: a signal frame, an expression, a saved register elsewhere, no size.
    .text
    .globl trampoline
    .type trampoline, @function
trampoline:
    .cfi_startproc
    .cfi_signal_frame
    .cfi_escape 0x0f, 0x04, 0x77, 0xa0, 0x01, 0x06
    .cfi_escape 0x16, 0x10, 0x02, 0x77, 0x08
    movl $15, %eax
    syscall
    .cfi_endproc
    .size trampoline, .-trampoline
    .globl jumps
    .type jumps, @function
jumps:
    .cfi_startproc
    pushq %rbx
    .cfi_def_cfa_offset 16
    .cfi_offset %rbx, -16
    .cfi_remember_state
    movq %rsp, %rbx
    .cfi_def_cfa_register %rbx
    andq $-32, %rsp
    movq %rbx, %rsp
    .cfi_restore_state
    popq %rbx
    .cfi_def_cfa_offset 8
    ret
    .cfi_endproc
    .globl unsized
    .type unsized, @function
unsized:
    pushq %rbp
    movq %rsp, %rbp
    leave
    ret
