//! Witnesses that were changed.

use gavel_vm::digest::{Digest, DigestLength};
use gavel_vm::memory::ByteOrder;
use gavel_vm::witness::{StepWitness, WitnessError};

use super::honest;

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
