//! The proof game: a dispute about the check of a Groth16 proof.

use super::Demo;
use crate::error::CliError;
use crate::groth16::stored;
use crate::output;
use crate::prove::Options;
use clap::Args;
use gavel_ocp::proof::{
    CompiledStatement, ProofSlots, ProofTree, RefutingLeaf, Statement, StatementError,
};
use gavel_prover::pipeline::{PROOF, PUBLIC};
use gavel_regtest::proof::{Conduct, ProofClaim, ProofLie, ProofScenario};
use gavel_script_gen::groth16::choice::{Choice, choose};
use gavel_script_gen::groth16::input::{Proof, PublicInputs, VerifyingKey};
use gavel_script_gen::groth16::input::{load_key, load_proof, load_public};
use gavel_script_gen::tree::LeafTree;
use gavel_script_gen::winternitz::{PublicKey, Signature};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};

/// Options of the proof game.
#[derive(Args)]
pub(super) struct ProofGame {
    /// Proof game: the verifying key, as arkworks or snarkjs write it. Default: a key, a proof and its public input that say that
    /// somebody is a member of a set.
    #[arg(long, requires_all = ["proof", "public"], conflicts_with = "program")]
    vk: Option<PathBuf>,
    /// Proof game: the proof.
    #[arg(long, requires = "vk")]
    proof: Option<PathBuf>,
    /// Proof game: the public inputs.
    #[arg(long, requires = "vk")]
    public: Option<PathBuf>,
    /// Proof game: the folder of the proofs of the program's run. Default: one that is removed at the end.
    #[arg(long, requires = "program")]
    out: Option<PathBuf>,
    #[command(flatten)]
    proving: Options,
    /// Proof game: the largest weight of a Disprove transaction. Default: the smallest at which the assertion weighs no more than
    /// 369 kvB.
    #[arg(long)]
    max_leaf_weight: Option<usize>,
}

impl ProofGame {
    /// One of its options that is given.
    pub(super) fn given(&self) -> Option<&'static str> {
        let options = [
            (self.vk.is_some(), "--vk"),
            (self.max_leaf_weight.is_some(), "--max-leaf-weight"),
            (self.out.is_some(), "--out"),
        ];
        let mut given = options.into_iter().filter(|(given, _)| *given);
        let given = given.next().map(|(_, option)| option);
        given.or(self.proving.given())
    }

    /// Plays it.
    pub(super) fn play(&self, demo: &Demo) -> Result<(), CliError> {
        let lie = demo.lie.as_deref().unwrap_or("challenged");
        let Ok(lie) = lie.parse::<ProofLie>();
        let (about, claim) = self.claim(demo)?;
        demo.introduce(
            &about,
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
        let budget = CompiledStatement::budget(self.max_leaf_weight);
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

    /// What is claimed, in words and as files.
    fn claim(&self, demo: &Demo) -> Result<(String, ProofClaim), CliError> {
        if let Some(program) = &demo.program {
            let about = format!("a Groth16 proof of the run of {}", program.display());
            return Ok((about, self.prove(program, demo.input.as_ref())?));
        }
        let without = demo.input.as_ref().map(|_| "--input");
        if let Some(option) = without.or(self.proving.given()) {
            return Err(CliError::Usage(format!(
                "{option} is for the proof of a program's run: --program ELF"
            )));
        }
        Ok(match (&self.vk, &self.proof, &self.public) {
            (Some(key), Some(proof), Some(public)) => (
                format!("a Groth16 proof under {}", key.display()),
                load(key, proof, public)?,
            ),
            _ => (
                "a Groth16 proof that somebody is a member of a set".into(),
                ProofClaim {
                    key: VerifyingKey::parse(stored::KEY)?,
                    proof: Proof::parse(stored::PROOF)?,
                    public: PublicInputs::parse(stored::PUBLIC)?,
                },
            ),
        })
    }

    /// Proves the run of a program.
    fn prove(&self, program: &Path, input: Option<&PathBuf>) -> Result<ProofClaim, CliError> {
        let temporary = tempfile::tempdir()?;
        let out = self.out.as_deref().unwrap_or(temporary.path());
        let proof = self.proving.prove(program, input, out)?;
        load(&proof.key, &out.join(PROOF), &out.join(PUBLIC))
    }
}

fn load(key: &Path, proof: &Path, public: &Path) -> Result<ProofClaim, CliError> {
    Ok(ProofClaim {
        key: load_key(key)?,
        proof: load_proof(proof)?,
        public: load_public(public)?,
    })
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
