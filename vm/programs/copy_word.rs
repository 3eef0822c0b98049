// Copies the first word of the input to the output, with some arithmetic on the way, and exits: included where a test needs a
// game about a few steps.
[
    0x3c08_a000, // lui t0, 0xa000
    0x8d09_0000, // lw t1, 0(t0): the input's length
    0x3c0a_b000, // lui t2, 0xb000
    0xad49_0000, // sw t1, 0(t2): the output's length
    0x8d0b_0004, // lw t3, 4(t0): the first word of the input
    0xad4b_0008, // sw t3, 8(t2): the first word of the output
    0x0129_0018, // mult t1, t1
    0x0000_6012, // mflo t4
    0xa14c_0009, // sb t4, 9(t2)
    0x016c_6826, // xor t5, t3, t4
    0x2402_0fa1, // li v0, 4001
    0x2404_0000, // li a0, 0
    0x0000_000c, // syscall
]
