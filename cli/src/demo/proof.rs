//! The proof game: a dispute about the check of a Groth16 proof.

use super::Demo;
use crate::error::CliError;
use crate::groth16::stored;
use crate::output;
use clap::Args;
use gavel_ocp::proof::{
    CompiledStatement, DISPROVE_WEIGHT, ProofSlots, ProofTree, RefutingLeaf, Statement,
    StatementError,
};
use gavel_regtest::proof::{Conduct, ProofClaim, ProofLie, ProofScenario};
use gavel_script_gen::groth16::choice::{Choice, choose};
use gavel_script_gen::groth16::compile::Budget;
use gavel_script_gen::groth16::input::{Proof, PublicInputs, VerifyingKey};
use gavel_script_gen::groth16::input::{load_key, load_proof, load_public};
use gavel_script_gen::tree::LeafTree;
use gavel_script_gen::winternitz::{PublicKey, Signature};
use indicatif::ProgressBar;
use std::path::PathBuf;

/// Options of the proof game.
#[derive(Args)]
pub(super) struct ProofGame {
    /// Proof game: the verifying key, as arkworks or snarkjs write it. Default: a key, a proof and its public input that say that
    /// somebody is a member of a set.
    #[arg(long, requires_all = ["proof", "public"])]
    vk: Option<PathBuf>,
    /// Proof game: the proof.
    #[arg(long, requires = "vk")]
    proof: Option<PathBuf>,
    /// Proof game: the public inputs.
    #[arg(long, requires = "vk")]
    public: Option<PathBuf>,
    /// Proof game: the largest weight of a Disprove transaction. Default: the smallest at which the assertion weighs no more than
    /// 369 kvB.
    #[arg(long)]
    max_leaf_weight: Option<usize>,
}

impl ProofGame {
    /// One of its options that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        match (&self.vk, self.max_leaf_weight) {
            (Some(_), _) => Some("--vk"),
            (_, Some(_)) => Some("--max-leaf-weight"),
            _ => None,
        }
    }

    /// Plays it.
    pub(super) fn play(&self, demo: &Demo) -> Result<(), CliError> {
        let lie = demo.lie.as_deref().unwrap_or("challenged");
        let Ok(lie) = lie.parse::<ProofLie>();
        let claim = self.claim()?;
        demo.introduce(
            &self.vk.as_ref().map_or(
                "a Groth16 proof that somebody is a member of a set".into(),
                |path| format!("a Groth16 proof under {}", path.display()),
            ),
            &match lie {
                ProofLie::Conduct(Conduct::Challenged) => "nobody lies".into(),
                ProofLie::Conduct(conduct) => conduct.to_string(),
                _ => format!("lie: {lie}"),
            },
            &self
                .max_leaf_weight
                .map_or("leaves for an assertion of 369 kvB".into(), |limit| {
                    format!("leaves of at most {} WU", output::grouped(limit as u64))
                }),
        )?;
        let progress = output::spinner();
        progress.set_message("cutting the verifier into leaves");
        let budget = Budget {
            disprove_weight: DISPROVE_WEIGHT,
            ..self
                .max_leaf_weight
                .map_or_else(Budget::default, Budget::of_leaf_weight)
        };
        let Choice {
            verifier, compiled, ..
        } = choose(&claim.key, budget)?;
        let statement = Watched {
            statement: CompiledStatement::new(compiled),
            progress: progress.clone(),
        };
        progress.set_message("running the verifier");
        let values = claim.values(&verifier, &statement.statement, &lie);
        let values = values.map_err(Box::new)?;
        let scenario = ProofScenario {
            signers: demo.signers,
            ..ProofScenario::new(&statement, values, lie.conduct())
        };
        demo.show(&progress, |chain, observer| {
            scenario.play(chain, observer).map_err(Box::new)
        })
    }

    fn claim(&self) -> Result<ProofClaim, CliError> {
        Ok(match (&self.vk, &self.proof, &self.public) {
            (Some(key), Some(proof), Some(public)) => ProofClaim {
                key: load_key(key)?,
                proof: load_proof(proof)?,
                public: load_public(public)?,
            },
            _ => ProofClaim {
                key: VerifyingKey::parse(stored::KEY)?,
                proof: Proof::parse(stored::PROOF)?,
                public: PublicInputs::parse(stored::PUBLIC)?,
            },
        })
    }
}

/// A statement that says how far its long computations are.
struct Watched {
    statement: CompiledStatement,
    progress: ProgressBar,
}

impl Statement for Watched {
    fn slots(&self) -> &ProofSlots {
        self.statement.slots()
    }

    fn tree(&self, keys: &[PublicKey]) -> Result<(LeafTree, ProofTree), StatementError> {
        let leaves = self.statement.compiled().leaf_count();
        output::to_bar(&self.progress, leaves as u64, "leaves");
        let made = self.statement.tree_with(keys, |_, _| self.progress.inc(1));
        output::to_spinner(&self.progress);
        self.progress
            .set_message("laying out transactions, signing them in advance");
        made
    }

    fn find_refutation(
        &self,
        keys: &[PublicKey],
        shown: &[Signature],
    ) -> Result<Option<RefutingLeaf>, StatementError> {
        self.progress
            .set_message("running the verifier on what was asserted");
        self.statement.find_refutation(keys, shown)
    }
}
