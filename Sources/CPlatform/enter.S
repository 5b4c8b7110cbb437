// mote_enter saves what the calling convention wants preserved, leaves the stack pointer in
// activation->nativeStackPointer (offset 40) and calls. mote_recover is where the fault handler continues, with that
// stack pointer and the trap code as result: it leaves as a return of the call would.

#if defined(__linux__) && defined(__x86_64__)
        .text
        .globl mote_enter
        .type mote_enter, @function
        .p2align 4
mote_enter:
        .cfi_startproc
        pushq %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq %rbx
        pushq %r12
        pushq %r13
        pushq %r14
        pushq %r15
        .cfi_offset %rbx, -24
        .cfi_offset %r12, -32
        .cfi_offset %r13, -40
        .cfi_offset %r14, -48
        .cfi_offset %r15, -56
        subq $8, %rsp
        movq %rsp, 40(%rdx)
        movq %rdi, %rax
        movq %rsi, %rdi
        callq *%rax
.Lleave:
        addq $8, %rsp
        popq %r15
        popq %r14
        popq %r13
        popq %r12
        popq %rbx
        popq %rbp
        .cfi_def_cfa %rsp, 8
        retq
        .cfi_endproc
        .size mote_enter, . - mote_enter

        .globl mote_recover
        .hidden mote_recover
        .type mote_recover, @function
mote_recover:
        jmp .Lleave
        .size mote_recover, . - mote_recover

#elif defined(__linux__) && defined(__aarch64__)
        .text
        .globl mote_enter
        .type mote_enter, %function
        .p2align 2
mote_enter:
        .cfi_startproc
        stp x29, x30, [sp, #-160]!
        .cfi_def_cfa_offset 160
        .cfi_offset x29, -160
        .cfi_offset x30, -152
        mov x29, sp
        stp x19, x20, [sp, #16]
        stp x21, x22, [sp, #32]
        stp x23, x24, [sp, #48]
        stp x25, x26, [sp, #64]
        stp x27, x28, [sp, #80]
        stp d8, d9, [sp, #96]
        stp d10, d11, [sp, #112]
        stp d12, d13, [sp, #128]
        stp d14, d15, [sp, #144]
        .cfi_offset x19, -144
        .cfi_offset x20, -136
        .cfi_offset x21, -128
        .cfi_offset x22, -120
        .cfi_offset x23, -112
        .cfi_offset x24, -104
        .cfi_offset x25, -96
        .cfi_offset x26, -88
        .cfi_offset x27, -80
        .cfi_offset x28, -72
        mov x9, sp
        str x9, [x2, #40]
        mov x9, x0
        mov x0, x1
        blr x9
.Lleave:
        ldp x19, x20, [sp, #16]
        ldp x21, x22, [sp, #32]
        ldp x23, x24, [sp, #48]
        ldp x25, x26, [sp, #64]
        ldp x27, x28, [sp, #80]
        ldp d8, d9, [sp, #96]
        ldp d10, d11, [sp, #112]
        ldp d12, d13, [sp, #128]
        ldp d14, d15, [sp, #144]
        ldp x29, x30, [sp], #160
        .cfi_def_cfa_offset 0
        ret
        .cfi_endproc
        .size mote_enter, . - mote_enter

        .globl mote_recover
        .hidden mote_recover
        .type mote_recover, %function
mote_recover:
        b .Lleave
        .size mote_recover, . - mote_recover
#endif

#if defined(__linux__)
        .section .note.GNU-stack, "", %progbits
#endif
