//! The relations among the words of one step.

use gavel_vm::isa::Op;
use gavel_vm::memory::ByteOrder;

use super::machine::{Before, Random, encode, run, shape, stuck};
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

/// HI and LO that are wrong together, by numbers that most of the moduli divide.
#[test]
fn wrong_products() {
    const MODULI: [u64; 8] = [4096, 31, 33, 127, 129, 257, 4095, 4097];
    let order = ByteOrder::Big;
    let leaves = LeafSet::new(shape(order)).unwrap();
    let mut random = Random(31);
    for op in [
        Op::Mult,
        Op::Multu,
        Op::Madd,
        Op::Maddu,
        Op::Msub,
        Op::Msubu,
    ] {
        for _ in 0..10 {
            let values = run(before(op, &mut random), order).unwrap();
            let word = |word| u64::from(values.words(Slot::Step(word)).unwrap()[0]);
            let honest = word(StepWord::HiAfter) << 32 | word(StepWord::LoAfter);
            for left_out in MODULI {
                let error = MODULI
                    .into_iter()
                    .filter(|m| *m != left_out)
                    .fold(1, u64::wrapping_mul);
                for wrong in [honest.wrapping_add(error), honest.wrapping_sub(error)] {
                    let mut values = values.clone();
                    values.set_step(StepWord::HiAfter, (wrong >> 32) as u32);
                    values.set_step(StepWord::LoAfter, wrong as u32);
                    let found = refuter(&leaves, &values);
                    assert!(found.is_some(), "{op:?}: {wrong:x} instead of {honest:x}");
                }
            }
        }
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

/// Whatever an operator claims that a step without successor did, its legality is refuted.
#[test]
fn steps_without_successor() {
    let order = ByteOrder::Big;
    let leaves = LeafSet::new(shape(order)).unwrap();
    let legality = ["supported", "aligned-access", "no-overflow", "no-trap"];
    let mut random = Random(99);
    let mut seen = std::collections::BTreeSet::new();
    for &op in Op::ALL {
        for _ in 0..10 {
            let before = before(op, &mut random);
            let Some(values) = stuck(before, order) else {
                continue;
            };
            let found = refuter(&leaves, &values).unwrap_or_else(|| panic!("{op:?} {before:x?}"));
            assert!(legality.contains(&found), "{op:?}: {found}");
            seen.insert(found);
        }
    }
    assert_eq!(seen.len(), legality.len());
}

/// A word is refuted as unsupported exactly if the machine does not execute it.
#[test]
fn unsupported_words() {
    let leaves = LeafSet::new(shape(ByteOrder::Big)).unwrap();
    let supported = leaves
        .leaves()
        .position(|leaf| leaf.name() == "supported")
        .unwrap();
    let mut random = Random(4);
    let words = (0..64).flat_map(|primary| (0..64).map(move |function| primary << 26 | function));
    for word in words {
        for _ in 0..8 {
            // Every field that may tell instructions apart takes random values.
            let word = word | random.next() & 0x03ff_ffc0;
            let mut values = Values::new();
            values.set_step(StepWord::Instr, word);
            let refuted = leaves.refute_with(supported, &values).unwrap().is_some();
            assert_eq!(
                refuted,
                matches!(Op::decode(word), None | Some(Op::Break)),
                "{word:08x}"
            );
        }
    }
}
