//! The claim "this proof is valid", played as the run of the guest `verify-groth16`. `GAVEL_TEST_ALL=1` plays more lies, and
//! one of them on bitcoind.

use std::path::{Path, PathBuf};

use gavel_regtest::scenario::{Outcome, Scenario, Verdict};
use gavel_regtest::{BitcoindChain, Chain, KernelChain};
use gavel_vm::image::Image;
use gavel_vm::machine::Machine;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;

/// A file of the repository.
fn file(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read(root.join(PathBuf::from(path))).expect("a file of the repository")
}

/// The guest's input: the stored key and proof with one public input.
fn input() -> Vec<u8> {
    let part = |name: &str| {
        let bytes = file(&format!("script-gen/tests/data/groth16/1/{name}.bin"));
        [&(bytes.len() as u32).to_le_bytes(), &bytes[..]].concat()
    };
    ["key", "proof", "public"].map(part).concat()
}

/// The same with the other root for the ordinate of C.
fn false_input() -> Vec<u8> {
    let mut input = input();
    let list = 4 + 32 + 8;
    let sign = input.len() - list - 1;
    input[sign] ^= 0b1000_0000;
    input
}

fn image() -> Image {
    let elf = file("vm/programs/elf/rust-verify-groth16-le.elf");
    let supervisor = supervisor::linux(ByteOrder::Little);
    Image::new(&elf, &supervisor, &["verify-groth16"]).expect("an image")
}

fn play(chain: &mut dyn Chain, input: Vec<u8>, lie: &str) -> Outcome {
    let lie = lie.parse().expect("a lie");
    let outcome = Scenario::new(image(), input, Some(lie))
        .play(chain, &mut |_| {})
        .expect("a game");
    // All of them are relayed: a one-shot check commits 369 kvB and spends leaves of more.
    assert!(outcome.transactions.iter().all(|tx| tx.vbytes <= 100_000));
    assert!(outcome.total_vbytes <= 145_000, "{}", outcome.total_vbytes);
    outcome
}

fn play_in_process(input: Vec<u8>, lie: &str) -> Outcome {
    play(&mut KernelChain::start().expect("a chain"), input, lie)
}

/// A lie about one multiplication in the middle of the pairing.
#[test]
fn a_lie_in_the_arithmetic_is_slashed() {
    let outcome = play_in_process(input(), "multiply");
    assert_eq!(outcome.outcome, Verdict::Slashed);
    assert!(outcome.decided_by.starts_with("leaf accumulate/maddu/"));
    assert!(outcome.total_vbytes <= 100_000, "{}", outcome.total_vbytes);
}

/// A valid proof whose verification somebody challenges to the end.
#[test]
fn a_baseless_challenge_does_not_hinder_the_payout() {
    let outcome = play_in_process(input(), "baseless-challenge");
    assert_eq!(outcome.outcome, Verdict::Paid);
    assert!(outcome.decided_by.starts_with("time-out of the challenger"));
}

/// A proof that does not verify, claimed to give other output than the guest's rejection.
#[test]
fn an_invalid_proof_claimed_valid_is_slashed() {
    let run = Machine::new(&image(), &false_input())
        .expect("a machine")
        .run(1 << 26)
        .expect("a run");
    assert_eq!(run.exit_code, 1);
    assert!(
        run.output
            .starts_with(b"rejected: the proof does not verify")
    );
    let outcome = play_in_process(false_input(), "output");
    assert_eq!(outcome.outcome, Verdict::Slashed);
    assert_eq!(outcome.decided_by, "leaf path-output");
}

#[test]
fn lies_at_other_depths_are_slashed() {
    if std::env::var_os("GAVEL_TEST_ALL").is_none() {
        return;
    }
    for lie in [
        "load@100000",
        "lo@5000000",
        "store@30000000",
        "register@1",
        "initial-state",
        "too-few-steps",
    ] {
        assert_eq!(
            play_in_process(input(), lie).outcome,
            Verdict::Slashed,
            "{lie}"
        );
    }
    let mut chain = BitcoindChain::start().expect("bitcoind");
    assert_eq!(
        play(&mut chain, input(), "hi@20000000").outcome,
        Verdict::Slashed
    );
}
