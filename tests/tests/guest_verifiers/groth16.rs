//! `verify-groth16`, on the stored proof with one public input.

use crate::play::Guest;

const GROTH16: Guest = Guest {
    elf: "vm/programs/elf/rust-verify-groth16-le.elf",
    parts: &[
        "script-gen/tests/data/groth16/1/key.bin",
        "script-gen/tests/data/groth16/1/proof.bin",
        "script-gen/tests/data/groth16/1/public.bin",
    ],
    // The other root for the ordinate of C, whose last byte precedes the list of public inputs.
    falsify: |input| {
        let list = 4 + 32 + 8;
        let sign = input.len() - list - 1;
        input[sign] ^= 0b1000_0000;
    },
    rejection: "rejected: the proof does not verify",
    step_limit: 1 << 26,
};

/// A multiplication in the middle of the pairing.
#[test]
fn a_lie_in_the_arithmetic_is_slashed() {
    GROTH16.a_lie_in_the_arithmetic_is_slashed("multiply", "leaf accumulate/maddu/");
}

#[test]
fn a_baseless_challenge_does_not_hinder_the_payout() {
    GROTH16.a_baseless_challenge_does_not_hinder_the_payout();
}

#[test]
fn an_invalid_proof_claimed_valid_is_slashed() {
    GROTH16.an_invalid_proof_claimed_valid_is_slashed();
}

#[test]
fn lies_at_other_depths_are_slashed() {
    let lies = [
        "load@100000",
        "lo@5000000",
        "store@30000000",
        "register@1",
        "initial-state",
        "too-few-steps",
    ];
    GROTH16.lies_at_other_depths_are_slashed(&lies, "hi@20000000");
}
