# The fixed addresses of the supervisor (docs/protocol.md, section 1) and the way in and out.
#
# `syscall` sets k0 to the return address and comes here; k1 is free as well by the MIPS ABI. Everything else
# belongs to the program: it is saved in the context of the current thread, and restored from the context of the
# thread that runs next.

    .set noreorder
    .set noat

    .macro each_saved op
    \op $1, 4($k1)
    .irp r, 2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25
    \op $\r, (4 * \r)($k1)
    .endr
    \op $28, 112($k1)
    \op $30, 120($k1)
    \op $31, 124($k1)
    .endm

    .section .entry, "ax"
    .globl entry, halt, thread_pointer, program_end, refusal

entry:
    j       save
    lui     $k1, %hi(current)

    .org 0x10
halt:                               # the machine stops here: no step leads on
    b       halt
    nop

    .org 0x20
thread_pointer:                     # what RDHWR $29 reads
    .word   0

    .org 0x30
program_end:                        # set by the loader: the first address above the program's segments
    .word   0

    .org 0x40
refusal:                            # why the supervisor gave up: reason, number of the call, pc
    .word   0, 0, 0

    .org 0x50
save:
    lw      $k1, %lo(current)($k1)
    each_saved sw
    sw      $29, 116($k1)
    sw      $k0, 104($k1)           # the place of k0 holds the pc
    mfhi    $2
    mflo    $3
    sw      $2, 128($k1)
    sw      $3, 132($k1)
    lui     $sp, %hi(stack_top)
    addiu   $sp, $sp, %lo(stack_top)
    jal     serve                   # struct thread *serve(struct thread *)
    move    $4, $k1
    move    $k1, $2
    lw      $2, 128($k1)
    lw      $3, 132($k1)
    mthi    $2
    mtlo    $3
    lw      $k0, 104($k1)
    each_saved lw
    jr      $k0
    lw      $29, 116($k1)
