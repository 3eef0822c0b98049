//! What has no successor on this machine ends the program with a signal on Linux.

use std::os::unix::process::ExitStatusExt;

use gavel_vm::execute::Trap;
use gavel_vm::image::Image;
use gavel_vm::isa::Op;
use gavel_vm::machine::{Cause, Machine};
use gavel_vm::supervisor;

use super::assembler::{Code, Register};
use super::{ORDERS, qemu};

const RS: Register = 8;
const RT: Register = 9;
const RD: Register = 10;

/// Linux's signals.
const SIGTRAP: i32 = 5;
const SIGFPE: i32 = 8;

/// An instruction, its operands in rs and in rt or its constant, and how it must end.
const ENDINGS: [(Op, u32, u32, Trap, i32); 18] = [
    (Op::Break, 0, 0, Trap::Break, SIGTRAP),
    (Op::Tge, 0xffff_ffff, 0x8000_0000, Trap::Taken, SIGTRAP),
    (Op::Tgeu, 0x8000_0000, 0x7fff_ffff, Trap::Taken, SIGTRAP),
    (Op::Tlt, 0x8000_0000, 0x7fff_ffff, Trap::Taken, SIGTRAP),
    (Op::Tltu, 0x7fff_ffff, 0x8000_0000, Trap::Taken, SIGTRAP),
    (Op::Teq, 7, 7, Trap::Taken, SIGTRAP),
    (Op::Tne, 7, 8, Trap::Taken, SIGTRAP),
    (Op::Tgei, 0xffff_ffff, 0xffff, Trap::Taken, SIGTRAP),
    (Op::Tgeiu, 0xffff_ffff, 0x7fff, Trap::Taken, SIGTRAP),
    (Op::Tlti, 0x8000_0000, 0x8000, Trap::Taken, SIGTRAP),
    (Op::Tltiu, 0x7fff_ffff, 0x8000, Trap::Taken, SIGTRAP),
    (Op::Teqi, 0xffff_8000, 0x8000, Trap::Taken, SIGTRAP),
    (Op::Tnei, 0x8000, 0x8000, Trap::Taken, SIGTRAP),
    (Op::Add, 0x7fff_ffff, 1, Trap::Overflow, SIGFPE),
    (Op::Add, 0x8000_0000, 0xffff_ffff, Trap::Overflow, SIGFPE),
    (Op::Addi, 0x8000_0000, 0xffff, Trap::Overflow, SIGFPE),
    (Op::Sub, 0x8000_0000, 1, Trap::Overflow, SIGFPE),
    (Op::Sub, 0x7fff_ffff, 0xffff_ffff, Trap::Overflow, SIGFPE),
];

#[test]
fn ends_as_on_qemu() {
    for order in ORDERS {
        for (op, rs, operand, trap, signal) in ENDINGS {
            let mut code = Code::new(order);
            code.load(RS, rs);
            code.load(RT, operand);
            let pc = code.here();
            match op {
                Op::Break => code.put(op, 0, 0, 0, 0),
                Op::Add | Op::Sub => code.put(op, RD, RS, RT, 0),
                Op::Tge | Op::Tgeu | Op::Tlt | Op::Tltu | Op::Teq | Op::Tne => {
                    code.put(op, 0, RS, RT, 0);
                }
                Op::Addi => code.immediate(op, RD, RS, operand as u16),
                _ => code.put(op, 0, RS, 0, operand),
            }
            let elf = code.finish(4);
            let image = Image::new(&elf, &supervisor::linux(order), &["program"]).unwrap();
            let error = Machine::new(&image, b"").unwrap().run(1000).unwrap_err();
            assert_eq!((error.pc, error.cause), (pc, Cause::Trap(trap)), "{op:?}");
            let status = qemu(&elf, order, b"").status;
            assert_eq!(status.signal(), Some(signal), "{order:?}-endian: {op:?}");
        }
    }
}
