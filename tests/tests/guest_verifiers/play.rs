//! A guest with a proof, and the games about it.

use std::path::{Path, PathBuf};

use gavel_guest::joined;
use gavel_ocp::plan::{LeafSizes, Plan};
use gavel_regtest::scenario::{Outcome, Scenario, Verdict};
use gavel_regtest::{BitcoindChain, Chain, KernelChain};
use gavel_vm::elf::Elf;
use gavel_vm::image::Image;
use gavel_vm::machine::{Machine, Outcome as MachineOutcome};
use gavel_vm::supervisor;

/// A verifier, and inputs for it.
pub(crate) struct Guest {
    /// The executable's path in the repository.
    pub(crate) elf: &'static str,
    /// The parts of an input with a valid proof.
    pub(crate) parts: &'static [&'static str],
    /// Makes the proof in such an input a false one.
    pub(crate) falsify: fn(&mut Vec<u8>),
    /// How the guest says so.
    pub(crate) rejection: &'static str,
    /// More steps than it takes.
    pub(crate) step_limit: u64,
}

/// A file of the repository.
fn file(path: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read(root.join(PathBuf::from(path))).expect("a file of the repository")
}

impl Guest {
    fn image(&self) -> Image {
        let elf = file(self.elf);
        let order = Elf::parse(&elf).expect("an executable").order;
        Image::new(&elf, &supervisor::linux(order), &["verifier"]).expect("an image")
    }

    /// The input with the valid proof: each part after its length.
    fn input(&self) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = self.parts.iter().map(|path| file(path)).collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        joined(&parts).collect()
    }

    fn false_input(&self) -> Vec<u8> {
        let mut input = self.input();
        (self.falsify)(&mut input);
        input
    }

    /// The run of an input with a proof.
    fn run(&self, input: &[u8]) -> MachineOutcome {
        let mut machine = Machine::new(&self.image(), input).expect("a machine");
        machine.run(self.step_limit).expect("a run")
    }

    fn play(&self, chain: &mut dyn Chain, input: Vec<u8>, lie: &str) -> Outcome {
        let steps = self.run(&input).steps;
        let told = Some(lie.parse().expect("a lie"));
        let scenario = Scenario::new(self.image(), input, told);
        let params = scenario.params(steps);
        let leaves = LeafSizes::of_machine(&params).expect("leaves");
        let plan = Plan::new(&params, leaves).expect("a plan");
        let outcome = scenario.play(chain, &mut |_| {}).expect("a game");
        // All of them are relayed: a one-shot check of a Groth16 proof commits 369 kvB and spends leaves of more.
        assert!(outcome.transactions.iter().all(|tx| tx.vbytes <= 100_000));
        let (played, planned) = (outcome.total_vbytes, plan.total_vbytes);
        assert!(played <= planned, "{lie}: {played} of {planned}");
        outcome
    }

    fn play_in_process(&self, input: Vec<u8>, lie: &str) -> Outcome {
        let mut chain = KernelChain::start().expect("a chain");
        self.play(&mut chain, input, lie)
    }

    /// A lie about one instruction of this class in the middle of the run, refuted by a leaf of this kind in few bytes.
    pub(crate) fn a_lie_in_the_arithmetic_is_slashed(&self, class: &str, leaf: &str) {
        let outcome = self.play_in_process(self.input(), class);
        assert_eq!(outcome.outcome, Verdict::Slashed);
        let decided_by = &outcome.decided_by;
        assert!(decided_by.starts_with(leaf), "{decided_by}");
        assert!(outcome.total_vbytes <= 100_000, "{}", outcome.total_vbytes);
    }

    /// A valid proof whose verification somebody challenges to the end.
    pub(crate) fn a_baseless_challenge_does_not_hinder_the_payout(&self) {
        let outcome = self.play_in_process(self.input(), "baseless-challenge");
        assert_eq!(outcome.outcome, Verdict::Paid);
        assert!(outcome.decided_by.starts_with("time-out of the challenger"));
    }

    /// A proof that does not verify, claimed to give other output than the guest's rejection.
    pub(crate) fn an_invalid_proof_claimed_valid_is_slashed(&self) {
        let input = self.false_input();
        let run = self.run(&input);
        assert_eq!(run.exit_code, 1);
        let output = String::from_utf8_lossy(&run.output);
        assert!(output.starts_with(self.rejection), "{output}");
        let outcome = self.play_in_process(input, "output");
        assert_eq!(outcome.outcome, Verdict::Slashed);
        assert_eq!(outcome.decided_by, "leaf path-output");
    }

    /// The same lies at other depths, and one of them on bitcoind; only if all is to be tested.
    pub(crate) fn lies_at_other_depths_are_slashed(&self, lies: &[&str], on_bitcoind: &str) {
        if std::env::var_os("GAVEL_TEST_ALL").is_none() {
            return;
        }
        for lie in lies {
            let outcome = self.play_in_process(self.input(), lie);
            assert_eq!(outcome.outcome, Verdict::Slashed, "{lie}");
        }
        let mut chain = BitcoindChain::start().expect("bitcoind");
        let outcome = self.play(&mut chain, self.input(), on_bitcoind);
        assert_eq!(outcome.outcome, Verdict::Slashed);
    }
}
