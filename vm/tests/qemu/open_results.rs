//! What `every_instruction` leaves out: the architecture leaves these results open, or they depend on the machine, and
//! `docs/protocol.md` says which ones hold here.

use gavel_vm::image::Image;
use gavel_vm::isa::Op;
use gavel_vm::machine::Machine;

use super::ORDERS;
use super::assembler::{CODE, Code, Register};

const RS: Register = 8;
const RT: Register = 9;
const RD: Register = 10;
/// Two constants are loaded before the instruction.
const STEPS_BEFORE: u64 = 4;

/// The state after one instruction on operands, in both byte orders (which must agree).
fn after(rs: u32, rt: u32, emit: impl Fn(&mut Code)) -> Machine {
    let [big, little] = ORDERS.map(|order| {
        let mut code = Code::new(order);
        code.load(RS, rs);
        code.load(RT, rt);
        emit(&mut code);
        let image = Image::bare(order, CODE, code.words()).unwrap();
        let mut machine = Machine::new(&image, b"").unwrap();
        machine.run_to(STEPS_BEFORE + 1).unwrap();
        machine
    });
    assert_eq!(big.registers(), little.registers());
    assert_eq!(big.cpu(), little.cpu());
    big
}

#[test]
fn division_by_zero() {
    for (op, rs, quotient) in [
        (Op::Div, 7, u32::MAX),
        (Op::Div, 0, u32::MAX),
        (Op::Div, -7i32 as u32, 1),
        (Op::Div, 0x8000_0000, 1),
        (Op::Divu, 7, u32::MAX),
        (Op::Divu, 0x8000_0000, u32::MAX),
    ] {
        let cpu = after(rs, 0, |code| code.put(op, 0, RS, RT, 0)).cpu();
        assert_eq!((cpu.lo, cpu.hi), (quotient, rs), "{op:?} {rs:#x}");
    }
}

#[test]
fn impossible_fields() {
    let field = |op, high: u32, lsb: u32| {
        let machine = after(0x89ab_cdef, 0x0123_4567, |code| {
            code.put(op, 0, RS, RT, high << 11 | lsb << 6);
        });
        machine.registers()[RT as usize]
    };
    // Sixteen bits from bit 24 on: eight are there.
    assert_eq!(field(Op::Ext, 15, 24), 0x89);
    assert_eq!(field(Op::Ext, 31, 1), 0x89ab_cdef >> 1);
    // The last bit below the first: nothing is inserted.
    assert_eq!(field(Op::Ins, 3, 4), 0x0123_4567);
    assert_eq!(field(Op::Ins, 0, 31), 0x0123_4567);
}

#[test]
fn hardware_registers() {
    let counter = after(0, 0, |code| code.put(Op::RdhwrCounter, 0, 0, RT, 0));
    assert_eq!(u64::from(counter.registers()[RT as usize]), STEPS_BEFORE);
    let resolution = after(0, 0, |code| code.put(Op::RdhwrResolution, 0, 0, RT, 0));
    assert_eq!(resolution.registers()[RT as usize], 1);
}

#[test]
fn a_store_conditional_never_fails() {
    let machine = after(super::assembler::DATA, 5, |code| {
        code.immediate(Op::Sc, RT, RS, 0);
    });
    assert_eq!(machine.registers()[RT as usize], 1);
    assert_eq!(machine.memory().load(super::assembler::DATA), 5);
}

#[test]
fn cache_maintenance_does_nothing() {
    let machine = after(1, 2, |code| code.put(Op::Cache, 0, RS, 0, 3));
    assert_eq!(machine.registers()[RD as usize], 0);
    assert_eq!(machine.registers()[RS as usize], 1);
    assert_eq!(machine.cpu().pc, CODE + 4 * (STEPS_BEFORE as u32 + 1));
}
