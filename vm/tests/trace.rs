//! Traces and witnesses: honest ones hold everywhere, lying ones everywhere but at the lie.

mod common;

use gavel_vm::address::{HALT, INPUT, OUTPUT};
use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::execute::Trap;
use gavel_vm::fault::{Fault, FaultKind};
use gavel_vm::isa::{Instruction, Op};
use gavel_vm::machine::Cause;
use gavel_vm::memory::ByteOrder;
use gavel_vm::step::StepWords;
use gavel_vm::trace::{Claim, Lies, MAX_STEPS, Position, Trace, TraceError, TraceWitness};
use gavel_vm::witness::{AccessKind, StepWitness, WitnessError};

const INPUT_BYTES: &[u8] = b"\x01\x02\x03\xff";
const LENGTHS: [DigestLength; 2] = [DigestLength::Bits256, DigestLength::Bits160];

fn honest(length: DigestLength) -> Trace {
    Trace::honest(&common::sum(ByteOrder::Big), INPUT_BYTES, length, 1000).unwrap()
}

fn lying(lies: &Lies) -> Trace {
    Trace::lying(
        &common::sum(ByteOrder::Big),
        INPUT_BYTES,
        DigestLength::Bits256,
        1000,
        lies,
    )
    .unwrap()
}

fn challenge(claim: Claim) -> Trace {
    Trace::challenge(
        &common::sum(ByteOrder::Big),
        INPUT_BYTES,
        DigestLength::Bits256,
        claim,
    )
    .unwrap()
}

/// The paths of the regions are paths, in the state before and after.
fn check_regions(trace: &Trace, witness: &TraceWitness) {
    let (hasher, step) = (trace.hasher(), &witness.step);
    assert_eq!(witness.output.address, OUTPUT);
    assert_eq!(witness.input.address, INPUT);
    assert_eq!(
        witness
            .output
            .first_break(hasher, &witness.output.nodes, &step.file_before),
        None
    );
    assert_eq!(
        witness
            .input
            .first_break(hasher, &witness.input.nodes, &step.file_before),
        None
    );
}

#[test]
fn an_honest_trace_holds_everywhere() {
    for length in LENGTHS {
        for order in [ByteOrder::Big, ByteOrder::Little] {
            let mut trace = Trace::honest(&common::sum(order), INPUT_BYTES, length, 1000).unwrap();
            let outcome = trace.outcome().clone().unwrap();
            assert_eq!(outcome.exit_code, 1 + 2 + 3 + 255);
            assert_eq!(outcome.output, order.bytes(261 * 255));
            assert_eq!(outcome.steps, trace.claim().steps);
            let (claim, region, top) = (trace.claim(), length.region_level(), length.state_level());
            assert_eq!(trace.digest(0).unwrap(), trace.boot());
            for index in 0..claim.steps + 5 {
                let witness = trace.witness(index).unwrap();
                let step = &witness.step;
                assert_eq!(witness.pre, trace.digest(index).unwrap());
                assert_eq!(witness.post, trace.digest(index + 1).unwrap());
                assert_eq!(step.words.index, index as u32);
                check_regions(&trace, &witness);
                let expected = match index {
                    0 => Position::Boot,
                    i if i <= claim.steps => Position::Machine,
                    i if i == claim.steps + 1 => Position::Finish,
                    _ => Position::Idle,
                };
                assert_eq!(witness.position, expected, "{index}");
                match witness.position {
                    Position::Boot => {
                        assert_eq!(step.state_before, trace.boot());
                        assert_eq!(step.file_after, step.file_before);
                        let zero =
                            gavel_vm::digest::MemoryTree::new(trace.hasher().clone()).zero(region);
                        assert_eq!(witness.input.nodes[region], zero);
                        assert_eq!(witness.input_after[region], claim.input);
                        let broken = witness.input.first_break(
                            trace.hasher(),
                            &witness.input_after,
                            &step.file_after,
                        );
                        assert_eq!(broken, None);
                        assert_eq!(witness.input_after[top], witness.post);
                    }
                    Position::Machine => {
                        assert_eq!(step.check(trace.hasher(), order), Ok(()));
                        assert_eq!(
                            (step.state_before, step.state_after),
                            (witness.pre, witness.post)
                        );
                        check_accesses(&trace, &witness);
                    }
                    Position::Finish => {
                        assert_eq!((step.words.pc, step.words.next_pc), (HALT, HALT + 4));
                        assert_eq!(
                            (witness.pre, witness.post),
                            (step.state_before, trace.hasher().accept())
                        );
                        assert_eq!(witness.output.nodes[region], claim.output);
                        assert_eq!(witness.output.nodes[top], witness.pre);
                    }
                    _ => {
                        assert_eq!(
                            (witness.pre, witness.post),
                            (trace.hasher().accept(), trace.hasher().accept())
                        );
                        assert_eq!((step.words.pc, step.gpr_before), (0, [0; 32]));
                    }
                }
                if witness.position != Position::Machine {
                    let words = &step.words;
                    assert_eq!(
                        [words.instr, words.rs, words.rt, words.result, words.addr],
                        [0; 5]
                    );
                    assert_eq!(words.mem_new, words.mem_old);
                    assert_eq!(
                        (words.pc_after, words.next_pc_after),
                        (words.next_pc, words.next_pc.wrapping_add(4))
                    );
                    for nodes in [&step.data.nodes, &step.fetch.nodes] {
                        let path = if nodes == &step.data.nodes {
                            &step.data
                        } else {
                            &step.fetch
                        };
                        assert_eq!(
                            path.first_break(trace.hasher(), nodes, &step.file_before),
                            None
                        );
                    }
                    assert_eq!(
                        step.data
                            .first_break(trace.hasher(), &step.data_after, &step.file_after),
                        None
                    );
                }
            }
        }
    }
}

/// The openings of registers climb to the digests of the register file.
fn check_accesses(trace: &Trace, witness: &TraceWitness) {
    let (hasher, step) = (trace.hasher(), &witness.step);
    let length = hasher.length();
    let levels = length.register_levels();
    for kind in AccessKind::ALL {
        let opening = step.access(hasher, kind);
        let position = usize::from(opening.register) % length.chunk_words();
        let value = opening.chunk[position];
        match kind {
            AccessKind::Rs => assert_eq!(value, step.words.rs),
            AccessKind::Rt => assert_eq!(value, step.words.rt),
            AccessKind::Dest | AccessKind::Cpu => {}
        }
        let climb = |chunk: &[u32]| {
            let mut node = Digest::default();
            node.0[..chunk.len()].copy_from_slice(chunk);
            let number = usize::from(opening.register) / length.chunk_words();
            let mut nodes = Vec::new();
            for level in 0..levels {
                let sibling = &opening.level_sibling[level];
                let right = number >> level & 1 == 1;
                node = if right {
                    hasher.parent(level, sibling, &node)
                } else {
                    hasher.parent(level, &node, sibling)
                };
                nodes.push(node);
            }
            nodes
        };
        assert_eq!(climb(&opening.chunk), opening.gpr_old);
        if kind == AccessKind::Dest {
            let mut chunk = opening.chunk.clone();
            chunk[position] = step.words.result;
            assert_eq!(climb(&chunk), opening.gpr_new);
        }
        let words = &step.words;
        let cpu = gavel_vm::execute::Cpu {
            pc: words.pc,
            next_pc: words.next_pc,
            hi: words.hi,
            lo: words.lo,
        };
        assert_eq!(
            hasher.file(&opening.gpr_old[levels - 1], cpu),
            opening.file_before
        );
        assert_eq!(
            hasher.state(&opening.memory_root, &opening.file_before),
            witness.pre
        );
    }
}

#[test]
fn consecutive_witnesses_are_those_of_the_positions() {
    let mut trace = honest(DigestLength::Bits256);
    let steps = trace.claim().steps;
    let mut consecutive = Vec::new();
    trace
        .for_each_witness(3, u64::MAX, |witness| consecutive.push(witness.clone()))
        .unwrap();
    assert_eq!(consecutive.len() as u64, steps - 3);
    for (i, witness) in consecutive.iter().enumerate() {
        assert_eq!(*witness, trace.witness(i as u64 + 4).unwrap().step);
    }
}

#[test]
fn a_challenger_sees_a_claim_as_the_truth_has_it() {
    let mut truth = honest(DigestLength::Bits256);
    let claim = truth.claim();
    let n = claim.steps;
    let (accept, reject) = (truth.hasher().accept(), truth.hasher().reject());
    // The claim, the last position with a state, and what follows.
    let other = Claim {
        output: claim.input,
        ..claim
    };
    let fewer = Claim {
        steps: n - 5,
        ..claim
    };
    let more = Claim {
        steps: n + 3,
        ..claim
    };
    for (claim, last, after) in [
        (claim, n + 1, accept),
        (other, n + 1, reject),
        (fewer, n - 4, reject),
        (more, n + 1, reject),
    ] {
        let mut seen = challenge(claim);
        assert_eq!(seen.accepted(), after == accept);
        for index in 0..n + 8 {
            let expected = if index <= last {
                truth.digest(index).unwrap()
            } else {
                after
            };
            assert_eq!(seen.digest(index).unwrap(), expected, "{claim:?} {index}");
        }
    }
    let mut seen = challenge(more);
    let stuck = seen.witness(n + 1).unwrap();
    assert_eq!(
        (stuck.position, stuck.step.words.pc, stuck.post),
        (Position::Stuck, HALT, reject)
    );
    assert_eq!(
        seen.witness(n + 2),
        Err(TraceError::NoState { index: n + 2 })
    );
    let input = Claim {
        input: claim.output,
        ..claim
    };
    let refused = Trace::challenge(
        &common::sum(ByteOrder::Big),
        INPUT_BYTES,
        DigestLength::Bits256,
        input,
    );
    assert_eq!(refused.unwrap_err(), TraceError::Input);
}

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

#[test]
fn programs_that_do_not_end_are_refused() {
    let image = gavel_vm::image::Image::bare(ByteOrder::Big, 0x1_0000, &[0x1000_ffff, 0]).unwrap();
    let error = Trace::honest(&image, b"", DigestLength::Bits256, 100).unwrap_err();
    let TraceError::Machine(error) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (error.step, error.cause),
        (100, Cause::StepLimit { limit: 100 })
    );
}

#[test]
fn steps_are_found_by_what_they_do() {
    let mut trace = honest(DigestLength::Bits256);
    let store =
        |words: &StepWords| Instruction::decode(words.instr).is_some_and(|ins| ins.op == Op::Sw);
    assert_eq!(trace.find_step(0, store), Ok(Some(12)));
    assert_eq!(trace.find_step(13, store), Ok(Some(21)));
    assert_eq!(trace.find_step(0, |words| words.instr == 1), Ok(None));
    assert_eq!(
        trace.find_step(1000, store),
        Err(TraceError::NoState { index: 1001 })
    );
}

#[test]
fn claims_from_outside() {
    let image = common::sum(ByteOrder::Big);
    let claim = honest(DigestLength::Bits256).claim();
    for steps in [0, MAX_STEPS + 1, u64::MAX] {
        let refused = Trace::challenge(
            &image,
            INPUT_BYTES,
            DigestLength::Bits256,
            Claim { steps, ..claim },
        );
        assert_eq!(refused.unwrap_err(), TraceError::Steps { steps });
    }
    // A challenger without the memory for the program does not know whether the claim is true.
    let small = image
        .clone()
        .with_page_limit(image.memory().mapped().len() + 1);
    let refused = Trace::challenge(&small, INPUT_BYTES, DigestLength::Bits256, claim);
    let TraceError::Machine(error) = refused.unwrap_err() else {
        panic!("another error")
    };
    assert!(
        matches!(error.cause, Cause::Trap(Trap::MemoryFull(_))),
        "{error}"
    );
}

/// lui a0, 0xb000; li a1, -1; sw a1, 0(a0); syscall
#[test]
fn the_length_of_the_output_is_not_for_the_game_to_judge() {
    let code = [0x3c04_b000, 0x2405_ffff, 0xac85_0000, 0x0000_000c];
    let image = gavel_vm::image::Image::bare(ByteOrder::Big, 0x1_0000, &code).unwrap();
    let length = DigestLength::Bits256;
    let error = Trace::honest(&image, b"", length, 100).unwrap_err();
    let TraceError::Machine(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.cause, Cause::OutputTooLong { length: u32::MAX });
    let claim = Trace::lying(&image, b"", length, 100, &Lies::default())
        .unwrap()
        .claim();
    assert!(
        Trace::challenge(&image, b"", length, claim)
            .unwrap()
            .accepted()
    );
}

#[test]
fn a_witness_that_was_tampered_with_is_refused() {
    type Tamper = fn(&mut StepWitness);
    fn broken(digest: &mut Digest) {
        digest.0[3] ^= 0x100;
    }
    let cases: [(Tamper, WitnessError); 14] = [
        (
            |w| broken(&mut w.file_before),
            WitnessError::File { when: "before" },
        ),
        (
            |w| w.gpr_before[20] ^= 1,
            WitnessError::Register { register: 20 },
        ),
        (
            |w| broken(&mut w.file_after),
            WitnessError::File { when: "after" },
        ),
        (
            |w| broken(&mut w.state_before),
            WitnessError::State { path: "register" },
        ),
        (
            |w| broken(&mut w.memory_root),
            WitnessError::State { path: "register" },
        ),
        (
            |w| w.fetch.address ^= 4,
            WitnessError::Word {
                word: "fetch",
                found: 0x1_0034,
                expected: 0x1_0030,
            },
        ),
        (
            |w| broken(&mut w.fetch.nodes[0]),
            WitnessError::Path {
                path: "fetch",
                level: 1,
            },
        ),
        (
            |w| broken(&mut w.fetch.siblings[5]),
            WitnessError::Path {
                path: "fetch",
                level: 6,
            },
        ),
        (
            |w| broken(&mut w.fetch.nodes[7]),
            WitnessError::Path {
                path: "fetch",
                level: 7,
            },
        ),
        (
            |w| broken(&mut w.data.nodes[27]),
            WitnessError::Path {
                path: "old data",
                level: 27,
            },
        ),
        (
            |w| broken(&mut w.data.nodes[28]),
            WitnessError::Path {
                path: "old data",
                level: 28,
            },
        ),
        (
            |w| w.data_after[0].0[7] ^= 1,
            WitnessError::Chunk { path: "new data" },
        ),
        (
            |w| broken(&mut w.data_after[9]),
            WitnessError::Path {
                path: "new data",
                level: 9,
            },
        ),
        (
            |w| broken(&mut w.state_after),
            WitnessError::State { path: "new data" },
        ),
    ];
    let mut trace = honest(DigestLength::Bits256);
    let witness = trace.witness(13).unwrap().step; // the first sw
    assert_eq!(witness.check(trace.hasher(), ByteOrder::Big), Ok(()));
    for (i, (tamper, expected)) in cases.into_iter().enumerate() {
        let mut tampered = witness.clone();
        tamper(&mut tampered);
        assert_eq!(
            tampered.check(trace.hasher(), ByteOrder::Big),
            Err(expected),
            "case {i}"
        );
    }
    let mut other = witness;
    broken(&mut other.data.siblings[0]);
    let level = other
        .data
        .first_break(trace.hasher(), &other.data_after, &other.file_after);
    assert_eq!(level, Some(1));
}

#[test]
fn an_input_that_does_not_fit() {
    let long = vec![0; (1 << 28) - 3];
    let refused = Trace::honest(
        &common::sum(ByteOrder::Big),
        &long,
        DigestLength::Bits256,
        10,
    );
    let expected = gavel_vm::image::ImageError::InputTooLong { length: long.len() };
    assert_eq!(refused.unwrap_err(), TraceError::Image(expected));
}
