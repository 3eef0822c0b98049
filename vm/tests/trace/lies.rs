//! Lying traces, which are wrong in one step alone.

use gavel_vm::address::{HALT, OUTPUT};
use gavel_vm::digest::DigestLength;
use gavel_vm::execute::Trap;
use gavel_vm::fault::{Fault, FaultKind};
use gavel_vm::memory::ByteOrder;
use gavel_vm::trace::{Claim, Lies, Position};
use gavel_vm::witness::{AccessKind, WitnessError};

use super::{honest, lying};

/// The lies, at a step that shows them, and what the check of that step says.
fn lies() -> Vec<(u64, FaultKind, WitnessError)> {
    let word = |word, found, expected| WitnessError::Word {
        word,
        found,
        expected,
    };
    // Steps of the first round: 4 beqz, 5 addiu a1, 6 addiu a0, 7 lbu, 8 addu, 9 multu, 10 mflo, 11 b, 12 sw.
    vec![
        (
            6,
            FaultKind::Instruction { word: 0x2484_0002 },
            WitnessError::Chunk { path: "fetch" },
        ),
        (
            6,
            FaultKind::Rs { xor: 0x10 },
            WitnessError::Operand {
                kind: AccessKind::Rs,
                found: 0xa000_0010,
                expected: 0xa000_0000,
            },
        ),
        (
            8,
            FaultKind::Rt { xor: 2 },
            WitnessError::Operand {
                kind: AccessKind::Rt,
                found: 3,
                expected: 1,
            },
        ),
        (
            7,
            FaultKind::Loaded { xor: 0x0500_0000 },
            WitnessError::Chunk { path: "old data" },
        ),
        (8, FaultKind::Result { xor: 8 }, word("result", 9, 1)),
        (12, FaultKind::Stored { xor: 4 }, word("mem_new", 5, 1)),
        (8, FaultKind::Stored { xor: 4 }, word("mem_new", 4, 0)),
        (
            8,
            FaultKind::Memory {
                address: 0x5000,
                xor: 1,
            },
            WitnessError::Path {
                path: "new data",
                level: 10,
            },
        ),
        (
            12,
            FaultKind::Memory {
                address: OUTPUT + 12,
                xor: 1,
            },
            WitnessError::Chunk { path: "new data" },
        ),
        (
            8,
            FaultKind::Register {
                register: 20,
                xor: 1,
            },
            WitnessError::Register { register: 20 },
        ),
        (
            8,
            FaultKind::Pc { xor: 4 },
            word("pc_after", 0x1_0020, 0x1_0024),
        ),
        (
            8,
            FaultKind::NextPc { xor: 0x10 },
            word("next_pc_after", 0x1_0038, 0x1_0028),
        ),
        (8, FaultKind::Hi { xor: 1 }, word("hi_after", 1, 0)),
        (8, FaultKind::Lo { xor: 1 }, word("lo_after", 1, 0)),
    ]
}

#[test]
fn a_lie_is_consistent_everywhere_else() {
    for (step, kind, expected) in lies() {
        let mut truth = honest(DigestLength::Bits256);
        let mut liar = lying(&Lies {
            faults: vec![Fault { step, kind }],
            ..Lies::default()
        });
        let index = step + 1;
        assert_eq!(liar.claim().input, truth.claim().input);
        assert_eq!(
            liar.digest(index).unwrap(),
            truth.digest(index).unwrap(),
            "{kind:?}"
        );
        assert_ne!(
            liar.digest(index + 1).unwrap(),
            truth.digest(index + 1).unwrap(),
            "{kind:?}"
        );
        for other in 1..=liar.claim().steps {
            let witness = liar.witness(other).unwrap();
            let found = witness.step.check(liar.hasher(), ByteOrder::Big);
            assert_eq!(
                found,
                if other == index {
                    Err(expected.clone())
                } else {
                    Ok(())
                },
                "{kind:?} {other}"
            );
            assert_eq!(
                (witness.step.state_before, witness.step.state_after),
                (witness.pre, witness.post)
            );
        }
        let mut consecutive = 0;
        liar.for_each_witness(0, u64::MAX, |witness| {
            consecutive += 1;
            let ok = witness
                .check(
                    &gavel_vm::digest::Hasher::new(DigestLength::Bits256),
                    ByteOrder::Big,
                )
                .is_ok();
            assert_eq!(ok, witness.words.index as u64 != index);
        })
        .unwrap();
        assert_eq!(consecutive, liar.claim().steps);
    }
}

#[test]
fn false_initial_states() {
    let mut truth = honest(DigestLength::Bits256);
    let mut liar = lying(&Lies {
        initial: Some((0x1_0008, 5)),
        ..Lies::default()
    });
    assert_eq!(liar.claim().input, truth.claim().input);
    assert_eq!(liar.digest(0).unwrap(), truth.digest(0).unwrap());
    assert_ne!(liar.digest(1).unwrap(), truth.digest(1).unwrap());
    let witness = liar.witness(0).unwrap();
    let length = DigestLength::Bits256;
    let broken = witness.input.first_break(
        liar.hasher(),
        &witness.input_after,
        &witness.step.file_after,
    );
    // The changed word and the input part at the top: only the node above both is not its children's.
    assert_eq!(broken, Some(length.memory_levels()));
    assert_eq!(
        witness.input_after[length.region_level()],
        truth.claim().input
    );
    assert_eq!(witness.input_after[length.state_level()], witness.post);
}

#[test]
fn false_step_counts_and_outputs() {
    let mut truth = honest(DigestLength::Bits256);
    let n = truth.claim().steps;
    let accept = truth.hasher().accept();

    let mut more = lying(&Lies {
        steps: Some(n + 3),
        ..Lies::default()
    });
    assert_eq!(
        more.claim(),
        Claim {
            steps: n + 3,
            ..truth.claim()
        }
    );
    for index in n + 1..=n + 4 {
        assert_eq!(more.digest(index).unwrap(), truth.digest(n + 1).unwrap());
    }
    assert_eq!(more.digest(n + 5).unwrap(), accept);
    let stalled = more.witness(n + 1).unwrap();
    assert_eq!(
        stalled.step.check(more.hasher(), ByteOrder::Big),
        Err(WitnessError::Illegal {
            pc: HALT,
            trap: Trap::Unsupported
        })
    );
    assert_eq!(more.witness(n + 4).unwrap().position, Position::Finish);

    let mut fewer = lying(&Lies {
        steps: Some(n - 3),
        ..Lies::default()
    });
    let finish = fewer.witness(n - 2).unwrap();
    assert_eq!((finish.position, finish.post), (Position::Finish, accept));
    assert_ne!(finish.step.words.pc, HALT);

    let output = truth.claim().input;
    let mut wrong = lying(&Lies {
        output: Some(output),
        ..Lies::default()
    });
    assert_eq!(
        wrong.claim(),
        Claim {
            output,
            ..truth.claim()
        }
    );
    assert_eq!(wrong.digest(n + 1).unwrap(), truth.digest(n + 1).unwrap());
    assert_eq!(wrong.digest(n + 2).unwrap(), accept);
    assert_ne!(
        wrong.witness(n + 1).unwrap().output.nodes[DigestLength::Bits256.region_level()],
        output
    );
}
