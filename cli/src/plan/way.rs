//! One way to enforce a claim, and what it costs.

use crate::error::CliError;
use crate::processor;
use gavel_ocp::graph::name::Stage;
use gavel_ocp::params::Params;
use gavel_ocp::plan::Plan;
use gavel_ocp::proof::{self, CompiledStatement, ProofPlan, Statement};
use gavel_ocp::{measure, proof::DISPROVE_WEIGHT};
use gavel_script_gen::groth16::choice::{Choice, choose};
use gavel_script_gen::groth16::input::VerifyingKey;
use gavel_script_gen::winternitz::GameSeed;
use serde::Serialize;

/// Of one-shot leaves, which take minutes to build, so many are built to measure how long all of them would take.
const SAMPLE: usize = 24;

/// What has to be trusted besides the hash functions and one honest signer, which every way needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Trust {
    /// One participant of the ceremony that made the Groth16 key has forgotten its secret.
    TrustedSetup,
    /// Groth16 over BN254 is sound.
    Pairing,
    /// The proof system below it, a STARK with FRI, is as sound as is conjectured.
    Fri,
}

impl Trust {
    /// A plonky2 proof, wrapped.
    pub(super) const OF_GROTH16: &'static [Self] = &[Self::TrustedSetup, Self::Pairing, Self::Fri];

    /// A plonky2 proof.
    pub(super) const OF_PLONKY2: &'static [Self] = &[Self::Fri];

    /// The same for people.
    pub(super) fn says(self) -> &'static str {
        match self {
            Self::TrustedSetup => "the ceremony of the Groth16 key",
            Self::Pairing => "Groth16 on BN254",
            Self::Fri => "FRI's conjectured soundness",
        }
    }
}

/// Who may challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Challengers {
    /// The signers of the game, known when it is set up.
    Signers,
    /// Whoever has the coins.
    Anyone,
}

/// What has to be made before the claim can be.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct SetUp {
    /// Leaves that can refute, over all challengers.
    pub(super) leaves: usize,
    /// Bytes of their scripts, which every signer makes and none has to keep.
    pub(super) script_bytes: u64,
    /// Seconds of one processor to make and prove them.
    pub(super) processor_seconds: f64,
}

/// A row of the table; documented in `docs/json.md`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Way {
    pub(super) way: String,
    pub(super) game: &'static str,
    pub(super) steps: Option<u64>,
    pub(super) max_leaf_weight: Option<usize>,
    pub(super) turns: usize,
    pub(super) honest_vbytes: u64,
    pub(super) disputed_vbytes: u64,
    pub(super) worst_blocks: u32,
    pub(super) relayable: bool,
    pub(super) setup: SetUp,
    pub(super) trust: &'static [Trust],
    pub(super) challengers: Challengers,
}

impl Way {
    /// A run of so many steps in the trace game, by this plan; `params` are those that the plan was made from, up to its rounds.
    pub(super) fn of_trace(
        name: &str,
        steps: u64,
        plan: &Plan,
        params: &Params,
        trust: &'static [Trust],
    ) -> Result<Self, CliError> {
        let params = Params {
            trace_rounds: plan.trace_rounds.clone(),
            path_rounds: plan.path_rounds.clone(),
            ..params.clone()
        };
        let (leaves, seconds) = processor::seconds(|| measure::leaves(&params));
        let leaves = leaves?;
        let entries = Stage::ALL.map(|stage| leaves.manifest(stage, 0).leaves);
        let entries = entries.iter().flatten();
        let (count, bytes) = entries.fold((0, 0), |(count, bytes), leaf| {
            (count + 1, bytes + leaf.script_bytes as u64)
        });
        let challengers = params.signers - 1;
        Ok(Self {
            way: name.to_owned(),
            game: "trace",
            steps: Some(steps),
            max_leaf_weight: None,
            turns: plan.turns,
            honest_vbytes: plan.honest.total_vbytes,
            disputed_vbytes: plan.total_vbytes,
            worst_blocks: plan.worst_blocks,
            relayable: plan.is_standard(),
            setup: SetUp {
                leaves: challengers * count,
                script_bytes: challengers as u64 * bytes,
                processor_seconds: challengers as f64 * seconds,
            },
            trust,
            challengers: Challengers::Signers,
        })
    }

    /// A Groth16 proof under this key, checked by leaves of at most `limit` weight units, or by those of the default budget.
    pub(super) fn of_leaves(key: &VerifyingKey, limit: Option<usize>) -> Result<Self, CliError> {
        let budget = CompiledStatement::budget(limit);
        let (choice, cutting) = processor::seconds(|| choose(key, budget));
        let Choice { compiled, .. } = choice?;
        let statement = CompiledStatement::new(compiled);
        let compiled = statement.compiled();
        let leaves = compiled.leaves()?;
        let witnesses = leaves.iter().map(|leaf| leaf.weight - DISPROVE_WEIGHT);
        let worst = witnesses.clone().max().unwrap_or(0);
        let slots = statement.slots();
        let params = proof::default_params(slots, worst)?;
        let plan: ProofPlan = proof::plan(&params, slots, worst)?;

        let keys = proof::public_keys(&GameSeed::new(&[0; 32], &[0; 32]), slots);
        let numbers = (0..leaves.len()).step_by(leaves.len().div_ceil(SAMPLE).max(1));
        let sample = numbers.len().max(1);
        let (built, building) = processor::seconds(|| {
            let built = numbers.map(|number| compiled.leaf(number, &keys));
            built.collect::<Result<Vec<_>, _>>()
        });
        built?;
        Ok(Self {
            way: "groth16-leaves".to_owned(),
            game: "proof",
            steps: None,
            max_leaf_weight: limit,
            turns: plan.slashed.turns,
            honest_vbytes: plan.honest.total_vbytes,
            disputed_vbytes: plan.slashed.total_vbytes,
            worst_blocks: plan.slashed.worst_blocks,
            relayable: plan.disprove_relayable,
            setup: SetUp {
                leaves: leaves.len(),
                script_bytes: witnesses.sum::<usize>() as u64,
                processor_seconds: cutting + building * leaves.len() as f64 / sample as f64,
            },
            trust: Trust::OF_GROTH16,
            challengers: Challengers::Anyone,
        })
    }
}
