//! Programs of the tests.

use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;

/// Copies the first word of the input to the output, waits, and exits with 7.
const COPY: [u32; 13] = [
    0x3c08_a000, // lui t0, 0xa000
    0x8d09_0004, // lw t1, 4(t0)
    0x3c0a_b000, // lui t2, 0xb000
    0xad49_0008, // sw t1, 8(t2)
    0x240b_0004, // addiu t3, zero, 4
    0xad4b_0000, // sw t3, 0(t2)
    0x2409_0014, // addiu t1, zero, 20
    0x2529_ffff, // addiu t1, t1, -1
    0x1520_fffe, // bnez t1, -2
    0x0000_0000, // nop
    0x2402_0fa1, // addiu v0, zero, 4001
    0x2404_0007, // addiu a0, zero, 7
    0x0000_000c, // syscall
];

/// The program that copies a word.
pub(crate) fn copy(order: ByteOrder) -> Image {
    Image::bare(order, 0x1_0000, &COPY).unwrap()
}
