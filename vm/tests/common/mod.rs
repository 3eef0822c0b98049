//! What several tests use.

use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;

/// Sums the bytes of the input (exit code) and outputs the last product of sum and byte.
pub(crate) const SUM: [u32; 17] = [
    0x3c04_a000, //       lui   a0, 0xa000
    0x8c85_0000, //       lw    a1, 0(a0)
    0x2406_0000, //       li    a2, 0
    0x3c07_b000, //       lui   a3, 0xb000
    0x10a0_0008, // loop: beqz  a1, done
    0x24a5_ffff, //       addiu a1, a1, -1
    0x2484_0001, //       addiu a0, a0, 1
    0x9088_0003, //       lbu   t0, 3(a0)
    0x00c8_3021, //       addu  a2, a2, t0
    0x00c8_0019, //       multu a2, t0
    0x0000_4812, //       mflo  t1
    0x1000_fff8, //       b     loop
    0xace9_0008, //       sw    t1, 8(a3)
    0x240a_0004, // done: li    t2, 4
    0xacea_0000, //       sw    t2, 0(a3)
    0x00c0_2021, //       move  a0, a2
    0x0000_000c, //       syscall
];

/// Its image.
pub(crate) fn sum(order: ByteOrder) -> Image {
    Image::bare(order, 0x1_0000, &SUM).unwrap()
}
