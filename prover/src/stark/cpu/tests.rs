//! Every instruction against the machine: the row of a step satisfies the constraints, and no other outcome does.

use std::sync::LazyLock;

use gavel_vm::image::Image;
use gavel_vm::isa::{Class, Immediate, Instruction, Op};
use gavel_vm::machine::Machine;
use gavel_vm::memory::ByteOrder;
use gavel_vm::step::StepWords;
use plonky2::field::types::Field;

use super::access::accesses;
use super::columns::*;
use super::{Cpu, Leaves, filler, looked_up, step};
use crate::stark::F;
use crate::stark::air::When;
use crate::stark::check::violated;

const START: u32 = 0x1_0000;
/// Words tried for each instruction.
const TRIALS: usize = 12;

/// A small generator of numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) as u32
    }

    /// A word that is often at the edge of something.
    fn word(&mut self) -> u32 {
        const EDGES: [u32; 10] = [
            0,
            1,
            2,
            0x7fff_ffff,
            0x8000_0000,
            0x8000_0001,
            0xffff_ffff,
            0xffff_0000,
            0x0001_0000,
            31,
        ];
        match self.next() % 4 {
            0 => EDGES[self.next() as usize % EDGES.len()],
            1 => self.next() & 0xff,
            _ => self.next(),
        }
    }
}

fn set(code: &mut Vec<u32>, register: u32, value: u32) {
    code.push(0x3c00_0000 | register << 16 | value >> 16); // lui
    code.push(0x3400_0000 | register << 21 | register << 16 | value & 0xffff); // ori
}

/// A step of an instruction: its row, the row after it, and what it did. `None` if the step is illegal.
struct Case {
    words: StepWords,
    row: [F; COLUMNS],
    next: [F; COLUMNS],
    public: Vec<F>,
}

/// A step of `word` with random registers, or others that `adjust` sets.
fn case(
    order: ByteOrder,
    word: u32,
    random: &mut Random,
    adjust: impl FnOnce(&mut [u32; 32]),
) -> Option<Case> {
    let ins = Instruction::decode(word).unwrap();
    let mut values: [u32; 32] = std::array::from_fn(|i| if i == 0 { 0 } else { random.word() });
    adjust(&mut values);
    let mut code = Vec::new();
    if matches!(ins.op.class(), Class::Load | Class::Store) {
        let address = values[usize::from(ins.rs)].wrapping_add(ins.imm) & !3;
        set(&mut code, 1, address);
        set(&mut code, 2, random.next());
        code.push(0xac22_0000); // sw $2, 0($1)
    }
    for (register, function) in [(1, 0x11), (2, 0x13)] {
        set(&mut code, register, random.word());
        code.push(register << 21 | function); // mthi, mtlo
    }
    for register in 1..32 {
        set(&mut code, register, values[register as usize]);
    }
    let before = code.len() as u64;
    code.push(word);
    let image = Image::bare(order, START, &code).unwrap();
    let mut machine = Machine::new(&image, b"").unwrap();
    machine.run_to(before).unwrap();
    let registers = *machine.registers();
    let words = machine.step().ok()?;
    let mut leaves = Leaves::default();
    let row = step(&words, 0, &registers, machine.memory(), &mut leaves).unwrap();
    let mut public = vec![F::ZERO; PUBLIC_INPUTS];
    public[BIG_ENDIAN] = F::from_bool(order == ByteOrder::Big);
    public[FIRST_STEP] = F::from_canonical_u64(before);
    Some(Case {
        words,
        row,
        next: filler(1, machine.cpu()),
        public,
    })
}

impl Case {
    fn violated(&self, row: &[F; COLUMNS], next: &[F; COLUMNS]) -> Vec<usize> {
        violated::<Cpu>(row, next, &self.public, |when| {
            matches!(when, When::Always | When::Transition)
        })
    }
}

fn word(op: Op, random: &mut Random) -> u32 {
    op.encoding().bits | random.next() & !op.encoding().mask
}

/// Legal steps of every instruction, in both byte orders.
static CASES: LazyLock<Vec<(Op, Case)>> = LazyLock::new(|| {
    let mut random = Random(1);
    let mut cases = Vec::new();
    for &op in Op::ALL.iter().filter(|&&op| op != Op::Break) {
        let before = cases.len();
        for trial in 0..TRIALS {
            let order = if trial % 4 < 2 {
                ByteOrder::Big
            } else {
                ByteOrder::Little
            };
            let word = word(op, &mut random);
            let ins = Instruction::decode(word).unwrap();
            let (rs, rt) = (usize::from(ins.rs), usize::from(ins.rt));
            // Half of the operands are alike, and half of the addresses aligned.
            let adjust = |values: &mut [u32; 32]| match op.class() {
                _ if trial % 2 == 0 || rs == 0 => {}
                Class::Load | Class::Store => {
                    values[rs] = (values[rs] & !3).wrapping_sub(ins.imm & 3);
                }
                Class::Trap if op.immediate() == Immediate::Signed => values[rs] = ins.imm,
                _ if rt == 0 => values[rs] = 0,
                _ => values[rt] = values[rs],
            };
            if let Some(case) = case(order, word, &mut random, adjust) {
                cases.push((op, case));
            }
        }
        assert!(cases.len() > before, "no legal step of {}", op.name());
    }
    cases
});

#[test]
fn rows_of_all_instructions_satisfy_the_constraints() {
    for (op, case) in CASES.iter() {
        assert_eq!(
            case.violated(&case.row, &case.next),
            [0; 0],
            "{} {:#x?}",
            op.name(),
            case.words
        );
        assert!(looked_up(&case.row).iter().all(|&number| number < 1 << 16));
    }
}

#[test]
fn no_other_outcome_satisfies_the_constraints() {
    let mut random = Random(3);
    for &(op, ref case) in CASES.iter() {
        let rejected = |row: &[F; COLUMNS], next: &[F; COLUMNS], what: &str| {
            let name = op.name();
            assert!(
                !case.violated(row, next).is_empty(),
                "{name}: another {what}"
            );
        };
        let delta = F::from_canonical_u32(random.word() | 1);
        let (row, next) = (&case.row, &case.next);
        for (column, what) in [(PC, "pc"), (NEXT_PC, "next pc"), (HI, "HI"), (LO, "LO")] {
            for delta in [delta, F::from_canonical_u64(1 << 32)] {
                let mut other = *next;
                other[column] += delta;
                rejected(row, &other, what);
            }
        }
        // Program counters that wrap around where they should not.
        let mut wrapped = *row;
        wrapped[NEXT_WRAP] = F::ONE - wrapped[NEXT_WRAP];
        for column in [PC, NEXT_PC] {
            for delta in [F::ZERO, -F::from_canonical_u64(1 << 32)] {
                let mut other = *next;
                other[column] += delta;
                rejected(&wrapped, &other, "wrap");
            }
        }
        let mut other = *row;
        other[DEST] += F::ONE;
        rejected(&other, next, "destination");
        let mut changed = Vec::new();
        if case.words.dest() != 0 {
            changed.extend([(LIMB, "result"), (LIMB + 1, "result")]);
        }
        if accesses(op) {
            changed.extend([(MEMORY_NEW, "word"), (LIMB + ADDRESS, "address")]);
        }
        for (column, what) in changed {
            // Alone, and with the carries that could make up for it.
            for carries in 0..4 {
                let mut other = *row;
                other[column] += delta;
                for (bit, carry) in [CARRY, CARRY_HIGH].into_iter().enumerate() {
                    if carries >> bit & 1 == 1 {
                        other[carry] = F::ONE - other[carry];
                    }
                }
                rejected(&other, next, what);
            }
        }
    }
}

#[test]
fn every_column_is_bound() {
    // Times and the old value of the destination are bound by the buses alone.
    let by_buses: Vec<usize> = (OLD_TIME..OLD_TIME + ACCESSES)
        .chain(AGE_HIGH..AGE_HIGH + ACCESSES)
        .chain([DEST_OLD])
        .collect();
    let mut bound = [false; COLUMNS];
    for (_, case) in CASES.iter() {
        for (column, bound) in bound.iter_mut().enumerate().filter(|(_, bound)| !**bound) {
            let mut other = case.row;
            other[column] += F::ONE;
            *bound = !case.violated(&other, &case.next).is_empty();
        }
    }
    let free: Vec<usize> = (0..COLUMNS).filter(|&column| !bound[column]).collect();
    let mut expected = by_buses;
    expected.sort_unstable();
    assert_eq!(free, expected);
}

#[test]
fn illegal_steps_have_no_rows() {
    let mut random = Random(2);
    // The columns of a legal neighbour with the operands of an illegal step: add 1 to the largest number, a load from an
    // odd address, a trap that is taken.
    for (word, legal, illegal) in [
        (0x0043_0820, [5, 1], [0x7fff_ffff, 1]),     // add $1, $2, $3
        (0x0043_0822, [5, 1], [0x8000_0000, 1]),     // sub $1, $2, $3
        (0x8c43_0000, [0x2_0000, 0], [0x2_0001, 0]), // lw $3, 0($2)
        (0x8443_0000, [0x2_0000, 0], [0x2_0001, 0]), // lh $3, 0($2)
        (0xac43_0000, [0x2_0000, 0], [0x2_0002, 0]), // sw $3, 0($2)
        (0x0043_0034, [5, 1], [5, 5]),               // teq $2, $3
        (0x0043_0031, [1, 5], [5, 1]),               // tgeu $2, $3
    ] {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            let set = |operands: [u32; 2]| {
                move |values: &mut [u32; 32]| values[2..4].copy_from_slice(&operands)
            };
            let case_of = |random: &mut Random, operands| case(order, word, random, set(operands));
            assert!(case_of(&mut random, illegal).is_none(), "{word:#x}");
            let honest = case_of(&mut random, legal).unwrap();
            assert_eq!(honest.violated(&honest.row, &honest.next), [0; 0]);
            let mut row = honest.row;
            for i in 0..32 {
                row[super::columns::A + i] = F::from_canonical_u32(illegal[0] >> i & 1);
                row[B + i] = F::from_canonical_u32(illegal[1] >> i & 1);
            }
            assert!(!honest.violated(&row, &honest.next).is_empty(), "{word:#x}");
        }
    }
}
