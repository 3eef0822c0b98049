//! Every way in which a program is refused: the variant, the place, and that the state stays as it was.

use gavel_vm::address::{HALT, STOP_RECORD};
use gavel_vm::elf::{Elf, ElfError};
use gavel_vm::execute::Trap;
use gavel_vm::image::{Image, ImageError, SupervisorImage};
use gavel_vm::machine::{Cause, Machine, Stop};
use gavel_vm::memory::{ByteOrder, MemoryFull};

const START: u32 = 0x1_0000;
const NOP: u32 = 0;

fn bare(code: &[u32]) -> Machine {
    let image = Image::bare(ByteOrder::Big, START, code).unwrap();
    Machine::new(&image, b"").unwrap()
}

/// Runs `code`, expects the failure of its last instruction, and that the registers are those before it.
fn refused(code: &[u32]) -> Cause {
    let mut machine = bare(code);
    let last = code.len() as u64 - 1;
    let mut before = machine.clone();
    before.run_to(last).unwrap();
    let error = machine.run(1000).unwrap_err();
    assert_eq!(error.pc, START + 4 * last as u32);
    assert_eq!(error.word, code[last as usize]);
    assert_eq!(error.step, last);
    assert_eq!(machine.cpu(), before.cpu());
    assert_eq!(machine.registers(), before.registers());
    assert_eq!(machine.steps(), last);
    error.cause
}

#[test]
fn instructions_without_successor() {
    let lui_a0_8000 = 0x3c04_8000;
    for (code, trap) in [
        (vec![NOP, 0x4600_0000], Trap::Unsupported),
        (vec![NOP, 0x0000_000d], Trap::Break),
        (vec![lui_a0_8000, 0x0084_2020], Trap::Overflow), // add a0, a0, a0
        (vec![lui_a0_8000, 0x2084_ffff], Trap::Overflow), // addi a0, a0, -1
        (vec![lui_a0_8000, 0x2402_0001, 0x0082_1022], Trap::Overflow), // sub v0, a0, v0
        (vec![lui_a0_8000, 0x0084_0034], Trap::Taken),    // teq a0, a0
        (vec![0x0480_0000 | 0x0008 << 16], Trap::Taken),  // tgei a0, 0
        (vec![0x8c02_0002], Trap::UnalignedAccess { address: 2 }), // lw v0, 2(zero)
        (vec![0x8402_0001], Trap::UnalignedAccess { address: 1 }), // lh v0, 1(zero)
        (vec![0xa402_0003], Trap::UnalignedAccess { address: 3 }), // sh v0, 3(zero)
        (vec![0xac02_0001], Trap::UnalignedAccess { address: 1 }), // sw v0, 1(zero)
        (vec![0xc002_0002], Trap::UnalignedAccess { address: 2 }), // ll v0, 2(zero)
        (vec![0xe002_0002], Trap::UnalignedAccess { address: 2 }), // sc v0, 2(zero)
    ] {
        assert_eq!(refused(&code), Cause::Trap(trap), "{code:#010x?}");
    }
}

#[test]
fn unaligned_pc() {
    // li v0, 6; jr v0; nop
    let mut machine = bare(&[0x2402_0006, 0x0040_0008, NOP]);
    let error = machine.run(1000).unwrap_err();
    assert_eq!(
        (error.pc, error.step, error.cause),
        (6, 3, Cause::Trap(Trap::UnalignedPc))
    );
}

#[test]
fn step_limit() {
    let mut machine = bare(&[0x1000_ffff, NOP]); // b .; nop
    let error = machine.run(1001).unwrap_err();
    assert_eq!(
        (error.step, error.cause),
        (1001, Cause::StepLimit { limit: 1001 })
    );
    assert_eq!((error.pc, error.word), (START + 4, NOP));
}

#[test]
fn memory_limit() {
    // lui a0, 2; sw v0, 0(a0)
    let image = Image::bare(ByteOrder::Big, START, &[0x3c04_0002, 0xac82_0000]).unwrap();
    let pages = image.memory().mapped().len();
    let mut machine = Machine::new(&image.clone().with_page_limit(pages), b"").unwrap();
    let error = machine.run(10).unwrap_err();
    assert_eq!(
        (error.step, error.cause),
        (1, Cause::Trap(Trap::MemoryFull(MemoryFull { pages })))
    );
    assert_eq!(machine.memory().mapped().len(), pages);
    let input = Machine::new(&image.with_page_limit(pages), b"input").unwrap_err();
    assert_eq!(input, ImageError::MemoryFull(MemoryFull { pages }));
}

#[test]
fn halt_in_a_delay_slot() {
    // lui v0, 0x8000; ori v0, v0, 0xc; jr v0; nop; at HALT - 4: b .
    let image = Image::bare(ByteOrder::Big, HALT - 4, &[0x1000_0004]).unwrap();
    let mut machine = Machine::new(&image, b"").unwrap();
    let error = machine.run(10).unwrap_err();
    assert_eq!(
        (error.pc, error.step, error.cause),
        (HALT, 1, Cause::HaltInDelaySlot)
    );
}

#[test]
fn a_supervisor_that_gives_up() {
    for (reason, stop) in [
        (
            1,
            Stop::UnknownSystemCall {
                number: 4999,
                pc: 0x1234,
            },
        ),
        (2, Stop::Deadlock),
        (3, Stop::MemoryExhausted),
        (4, Stop::InputExhausted),
    ] {
        let mut code = [0u32; 0x13];
        code[0] = 0x0000_000d; // break
        let record = (STOP_RECORD - 0x8000_0000) as usize / 4;
        code[record..record + 3].copy_from_slice(&[reason, 4999, 0x1234]);
        let image = Image::bare(ByteOrder::Big, 0x8000_0000, &code).unwrap();
        let mut machine = Machine::new(&image, b"").unwrap();
        let error = machine.run(10).unwrap_err();
        assert_eq!(error.cause, Cause::Stop(stop));
        assert_eq!((error.pc, error.step), (0x8000_0000, 0));
    }
}

/// A little-endian executable with the given program headers (type, offset, address, file size, memory size).
fn elf(entry: u32, headers: &[[u32; 5]]) -> Vec<u8> {
    let mut file = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let half = |file: &mut Vec<u8>, v: u16| file.extend(v.to_le_bytes());
    let word = |file: &mut Vec<u8>, v: u32| file.extend(v.to_le_bytes());
    half(&mut file, 2);
    half(&mut file, 8);
    for v in [1, entry, 52, 0, 0] {
        word(&mut file, v);
    }
    for v in [52, 32, headers.len() as u16, 0, 0, 0] {
        half(&mut file, v);
    }
    for &[kind, offset, address, file_size, memory_size] in headers {
        for v in [
            kind,
            offset,
            address,
            address,
            file_size,
            memory_size,
            5,
            4096,
        ] {
            word(&mut file, v);
        }
    }
    file.resize(0x200, 0);
    file
}

#[test]
fn executables() {
    const TEXT: [u32; 5] = [1, 0x100, 0x1000, 0x100, 0x180];
    let good = elf(0x1000, &[TEXT]);
    let parsed = Elf::parse(&good).unwrap();
    assert_eq!(
        (parsed.order, parsed.entry, parsed.end()),
        (ByteOrder::Little, 0x1000, 0x1180)
    );

    assert_eq!(Elf::parse(b"#!/bin/sh"), Err(ElfError::NotElf));
    assert_eq!(
        Elf::parse(&good[..40]),
        Err(ElfError::Truncated {
            part: "the header",
            end: 52,
            length: 40
        })
    );
    assert_eq!(
        Elf::parse(&good[..60]),
        Err(ElfError::Truncated {
            part: "the program header table",
            end: 84,
            length: 60
        })
    );
    assert_eq!(
        Elf::parse(&good[..0x1ff]),
        Err(ElfError::Truncated {
            part: "a segment",
            end: 0x200,
            length: 0x1ff
        })
    );
    let with = |at: usize, value: u8| {
        let mut file = good.clone();
        file[at] = value;
        file
    };
    for (at, value, field) in [
        (4, 2, "class"),
        (5, 3, "data encoding"),
        (16, 1, "type"),
        (18, 62, "machine"),
    ] {
        assert_eq!(
            Elf::parse(&with(at, value)),
            Err(ElfError::WrongKind {
                field,
                value: value.into()
            })
        );
    }
    assert_eq!(Elf::parse(&with(16, 3)), Err(ElfError::Dynamic));
    for kind in [2, 3] {
        assert_eq!(
            Elf::parse(&elf(0x1000, &[TEXT, [kind, 0, 0, 0, 0]])),
            Err(ElfError::Dynamic)
        );
    }
    assert_eq!(
        Elf::parse(&elf(0x1000, &[TEXT, [1, 0x100, 0x117c, 4, 4]])),
        Err(ElfError::Overlap {
            first: 0,
            second: 1
        })
    );
    assert!(Elf::parse(&elf(0x1000, &[TEXT, [1, 0x100, 0x1180, 4, 4]])).is_ok());
    assert_eq!(
        Elf::parse(&elf(0x1000, &[TEXT, [1, 0x100, 0x7fff_0000, 4, 4]])),
        Err(ElfError::OutOfSpace {
            index: 1,
            end: 0x7fff_0004
        })
    );
    assert_eq!(
        Elf::parse(&elf(0x1000, &[[1, 0, 0xffff_f000, 0, 0x2000]])),
        Err(ElfError::OutOfSpace {
            index: 0,
            end: 0x1_0000_1000
        })
    );
    assert_eq!(
        Elf::parse(&elf(0x1000, &[[1, 0x100, 0x1000, 0x100, 0xff]])),
        Err(ElfError::SegmentSize {
            index: 0,
            file_size: 0x100,
            memory_size: 0xff
        })
    );
    for entry in [0x0fff, 0x1002, 0x1180] {
        assert_eq!(
            Elf::parse(&elf(entry, &[TEXT])),
            Err(ElfError::Entry { entry })
        );
    }
}

#[test]
fn images() {
    let program = elf(0x1000, &[[1, 0x100, 0x1000, 0x100, 0x100]]);
    let little = SupervisorImage::exit_only(ByteOrder::Little);
    assert!(Image::new(&program, &little, &["program"]).is_ok());
    assert_eq!(
        Image::new(&program, &SupervisorImage::exit_only(ByteOrder::Big), &[]).unwrap_err(),
        ImageError::ByteOrder {
            supervisor: ByteOrder::Big,
            program: ByteOrder::Little
        }
    );
    let long = "x".repeat(5 << 20);
    assert_eq!(
        Image::new(&program, &little, &[&long]).unwrap_err(),
        ImageError::ArgumentsTooLong {
            length: (5 << 20) + 5
        }
    );
    assert_eq!(
        SupervisorImage::new(ByteOrder::Big, &vec![0; (1 << 28) + 1]).unwrap_err(),
        ImageError::SupervisorTooLong {
            length: (1 << 28) + 1
        }
    );
    let image = Image::bare(ByteOrder::Big, START, &[NOP]).unwrap();
    assert_eq!(
        Machine::new(&image, &vec![0; (1 << 28) - 3]).unwrap_err(),
        ImageError::InputTooLong {
            length: (1 << 28) - 3
        }
    );
}
