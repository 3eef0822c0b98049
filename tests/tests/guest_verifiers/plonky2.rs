//! `verify-plonky2`, on the stored proof of a statement.

use crate::play::Guest;

const PLONKY2: Guest = Guest {
    elf: "vm/programs/elf/rust-verify-plonky2-be.elf",
    parts: &[
        "prover/tests/data/plonky2/circuit.bin",
        "prover/tests/data/plonky2/proof.bin",
    ],
    // A digest of the last query's last path: everything before it is in order.
    falsify: |input| {
        let public_inputs = 8 + 8 * 8;
        let work = 8;
        let final_polynomial = 16 * 32;
        let path = input.len() - public_inputs - work - final_polynomial - 32;
        input[path] ^= 1;
    },
    rejection: "rejected: the proof does not verify: Invalid Merkle proof.",
    step_limit: 1 << 28,
};

/// A multiplication in the middle of a permutation.
#[test]
fn a_lie_in_the_arithmetic_is_slashed() {
    PLONKY2.a_lie_in_the_arithmetic_is_slashed("multiply", "leaf product/");
}

#[test]
fn a_baseless_challenge_does_not_hinder_the_payout() {
    PLONKY2.a_baseless_challenge_does_not_hinder_the_payout();
}

#[test]
fn an_invalid_proof_claimed_valid_is_slashed() {
    PLONKY2.an_invalid_proof_claimed_valid_is_slashed();
}

#[test]
fn lies_at_other_depths_are_slashed() {
    let lies = [
        "load@200000",
        "lo@20000000",
        "store@150000000",
        "register@1",
        "initial-state",
        "too-few-steps",
    ];
    PLONKY2.lies_at_other_depths_are_slashed(&lies, "hi@100000000");
}
