//! What an honest trace and its witnesses are.

use gavel_vm::address::{HALT, INPUT, OUTPUT};
use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::isa::{Instruction, Op};
use gavel_vm::memory::ByteOrder;
use gavel_vm::step::StepWords;
use gavel_vm::trace::{Position, Trace, TraceError, TraceWitness};
use gavel_vm::witness::AccessKind;

use super::{INPUT_BYTES, LENGTHS, common, honest};

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
