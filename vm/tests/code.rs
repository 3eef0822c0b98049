//! The plain loop with its decoded code against single steps, and executables that are noise.

mod common;

use gavel_vm::digest::{DigestLength, Hasher};
use gavel_vm::elf::Elf;
use gavel_vm::image::Image;
use gavel_vm::machine::Machine;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;
use proptest::prelude::*;

const START: u32 = 0x1_0000;

/// Adds 1 for 4 rounds, then overwrites that instruction, which adds 0x10 for 4 rounds more; exits with the sum.
const SELF_MODIFYING: [u32; 14] = [
    0x3c04_0001, //       lui   a0, 1
    0x2403_0008, //       li    v1, 8
    0x2405_0004, //       li    a1, 4
    0x8c86_0034, //       lw    a2, 0x34(a0)
    0x24e7_0001, // loop: addiu a3, a3, 1
    0x1465_0002, //       bne   v1, a1, skip
    0x2463_ffff, //       addiu v1, v1, -1
    0xac86_0010, //       sw    a2, 0x10(a0)     (loop)
    0x1460_fffb, // skip: bnez  v1, loop
    0x0000_0000, //       nop
    0x00e0_2021, //       move  a0, a3
    0x2402_0fa1, //       li    v0, 4001
    0x0000_000c, //       syscall
    0x24e7_0010, //       addiu a3, a3, 0x10
];

#[test]
fn code_that_changes_is_decoded_again() {
    let image = Image::bare(ByteOrder::Big, START, &SELF_MODIFYING).unwrap();
    let outcome = Machine::new(&image, b"").unwrap().run(1000).unwrap();
    assert_eq!(outcome.exit_code, 5 + 3 * 0x10);
    // A store of a byte to code, from another page.
    let mut code = SELF_MODIFYING;
    code[3] = 0x2406_0002; // li a2, 2
    code[7] = 0xa086_0013; // sb a2, 0x13(a0)
    let image = Image::bare(ByteOrder::Big, START, &code).unwrap();
    let outcome = Machine::new(&image, b"").unwrap().run(1000).unwrap();
    assert_eq!(outcome.exit_code, 5 + 3 * 2);
}

/// Both ways through the same steps.
fn plain_and_single(image: &Image, input: &[u8], stride: u64, steps: u64) {
    let hasher = Hasher::new(DigestLength::Bits256);
    let mut plain = Machine::new(image, input).unwrap();
    let mut single = plain.clone();
    while plain.steps() < steps && !plain.halted() {
        plain.run_to(plain.steps() + stride).unwrap();
        while single.steps() < plain.steps() {
            let words = single.step().unwrap();
            assert_eq!(u64::from(words.index), single.steps());
        }
        assert_eq!(
            (plain.cpu(), plain.registers()),
            (single.cpu(), single.registers())
        );
        assert_eq!(plain.state_digest(&hasher), single.state_digest(&hasher));
    }
}

#[test]
fn the_plain_loop_takes_single_steps() {
    plain_and_single(&common::sum(ByteOrder::Little), b"abc", 1, 1000);
    plain_and_single(
        &Image::bare(ByteOrder::Big, START, &SELF_MODIFYING).unwrap(),
        b"",
        1,
        1000,
    );
    let go = include_bytes!("../programs/elf/go-hello-be.elf");
    let image = Image::new(go, &supervisor::linux(ByteOrder::Big), &["hello"]).unwrap();
    plain_and_single(&image, b"", 100_003, 1_000_000);
}

#[test]
fn a_jump_into_unwritten_memory_meets_no_operations() {
    // lui v0, 0x10; jr v0; nop
    let image = Image::bare(ByteOrder::Big, START, &[0x3c02_0010, 0x0040_0008, 0]).unwrap();
    let mut machine = Machine::new(&image, b"").unwrap();
    machine.run_to(5000).unwrap();
    assert_eq!(
        (machine.cpu().pc, machine.steps()),
        (0x10_0000 + 4 * (5000 - 3), 5000)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the file, there is an answer.
    #[test]
    fn executables_from_outside(changes in prop::collection::vec((0usize..0x200, any::<u8>()), 0..12), length in 0usize..0x400) {
        let mut file = include_bytes!("../programs/elf/c-tiny-be.elf").to_vec();
        for (at, value) in changes {
            file[at] = value;
        }
        file.truncate(if length < 0x300 { length } else { file.len() });
        let whole = Elf::parse(&file).is_ok();
        let image = Image::new(&file, &supervisor::linux(ByteOrder::Big), &["program"]);
        prop_assert!(whole || image.is_err());
        if let Ok(image) = image {
            // Whatever it does, it ends or is stopped.
            let _ = Machine::new(&image, b"").unwrap().run(10_000);
        }
    }
}
