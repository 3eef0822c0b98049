//! The relations among the words of one step.

use gavel_vm::isa::Op;
use gavel_vm::memory::ByteOrder;

use super::machine::{Before, Random, encode, run, shape};
use crate::leaf::LeafKind;
use crate::mips::{LeafSet, Slot, StepWord, Values};

/// Words that the step computes.
pub(super) const OUTPUTS: [StepWord; 7] = [
    StepWord::Result,
    StepWord::Addr,
    StepWord::MemNew,
    StepWord::PcAfter,
    StepWord::NextPcAfter,
    StepWord::HiAfter,
    StepWord::LoAfter,
];

/// The first instruction leaf that accepts these values.
fn refuter<'a>(leaves: &'a LeafSet, values: &Values) -> Option<&'a str> {
    let mut instructions = leaves
        .leaves()
        .enumerate()
        .filter(|(_, leaf)| leaf.kind() == LeafKind::Instruction);
    let found =
        instructions.find(|(number, _)| leaves.refute_with(*number, values).unwrap().is_some());
    found.map(|(_, leaf)| leaf.name())
}

pub(super) fn before(op: Op, random: &mut Random) -> Before {
    let rt = random.word();
    let instr = encode(op, random);
    let equal = if matches!(op, Op::Teqi | Op::Tnei) {
        instr as u16 as i16 as u32
    } else {
        rt
    };
    Before {
        instr,
        rs: if random.below(4) == 0 {
            equal
        } else {
            random.word()
        },
        rt,
        hi: random.word(),
        lo: random.word(),
        mem: random.word(),
        delay_slot: random.below(4) == 0,
    }
}

/// No leaf accepts an honest step, and every wrong digit of what it computes is refuted.
fn check(order: ByteOrder, rounds: usize) {
    let leaves = LeafSet::new(shape(order)).unwrap();
    let mut random = Random(0x1234_5678_9abc_def1);
    for &op in Op::ALL {
        // Traps and unaligned accesses have no successor: other operands are taken.
        let mut honest = 0;
        for _ in 0..100 {
            let before = before(op, &mut random);
            let Some(values) = run(before, order) else {
                continue;
            };
            honest += 1;
            if honest > rounds {
                break;
            }
            assert_eq!(
                refuter(&leaves, &values),
                None,
                "{op:?} {before:x?} {values:x?}"
            );
            for output in OUTPUTS {
                let honest = values.words(Slot::Step(output)).unwrap()[0];
                for digit in 0..8 {
                    let wrong = honest ^ (1 + random.below(15)) << (4 * digit);
                    let mut values = values.clone();
                    values.set_step(output, wrong);
                    let found = refuter(&leaves, &values);
                    assert!(
                        found.is_some(),
                        "{op:?} {output:?} = {wrong:x} instead of {honest:x}: {before:x?}"
                    );
                }
                for wrong in [
                    random.word(),
                    honest.wrapping_add(1),
                    honest.wrapping_neg(),
                    !honest,
                ] {
                    let mut values = values.clone();
                    values.set_step(output, wrong);
                    let found = refuter(&leaves, &values);
                    assert_eq!(
                        found.is_none(),
                        wrong == honest,
                        "{op:?} {output:?} = {wrong:x}: {before:x?}"
                    );
                }
            }
        }
        assert!(honest > 0 || op == Op::Break, "{op:?} never ran");
    }
}

#[test]
fn steps_of_a_big_endian_program() {
    check(ByteOrder::Big, 6);
}

#[test]
fn steps_of_a_little_endian_program() {
    check(ByteOrder::Little, 6);
}
