//! Proofs of segments: one STARK proof per table, under common challenges.

use hashbrown::HashMap;
use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::Field;
use plonky2::fri::FriConfig;
use plonky2::fri::oracle::PolynomialBatch;
use plonky2::fri::reduction_strategies::FriReductionStrategy;
use plonky2::hash::merkle_tree::MerkleCap;
use plonky2::hash::poseidon::PoseidonHash;
use plonky2::iop::challenger::Challenger;
use plonky2::util::timing::TimingTree;
use starky::config::StarkConfig;
use starky::cross_table_lookup::{
    CrossTableLookup, CtlCheckVars, CtlData, verify_cross_table_lookups,
};
use starky::lookup::{GrandProductChallengeSet, get_grand_product_challenge_set};
use starky::proof::StarkProof;
use starky::prover::prove_with_commitment;
use starky::stark::Stark;
use starky::verifier::verify_stark_proof_with_challenges;

use super::air::{Air, MAX_DEGREE, Table};
use super::cpu::Cpu;
use super::lookup::{CPU, MEMORY, RANGE, TABLES, lookups};
use super::memory::Memory;
use super::range::Range;
use super::sums::Buses;
use super::{C, D, F};
use crate::segment::{Boundary, Segment};

/// The proof of one table.
pub type TableProof = StarkProof<F, C, D>;
/// The commitment to the columns of one table.
type Commitment = PolynomialBatch<F, C, D>;
/// Draws challenges from what it has been shown.
type Transcript = Challenger<F, PoseidonHash>;

/// The proof of a segment.
#[derive(Clone, Debug)]
pub struct SegmentProof {
    /// What is proved.
    pub boundary: Boundary,
    /// The proofs of the CPU, memory and range tables.
    pub tables: [TableProof; TABLES],
}

impl SegmentProof {
    /// The proof as bytes: JSON of the boundary's public inputs and the tables' proofs.
    ///
    /// # Errors
    /// [`ProofError::Bytes`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, ProofError> {
        serde_json::to_vec(&(self.boundary.inputs(), &self.tables)).map_err(ProofError::bytes)
    }

    /// A proof from its bytes; it is not verified.
    ///
    /// # Errors
    /// [`ProofError::Bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<SegmentProof, ProofError> {
        let (inputs, tables): (Vec<F>, [TableProof; TABLES]) =
            serde_json::from_slice(bytes).map_err(ProofError::bytes)?;
        let boundary = Boundary::of_inputs(&inputs).ok_or_else(|| ProofError::Bytes {
            reason: "the public inputs are no states".into(),
        })?;
        Ok(SegmentProof { boundary, tables })
    }
}

/// Why there is no proof, or why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tables do not satisfy the constraints, or starky failed.
    #[error("no proof of the {table} table: {reason}")]
    Prove {
        /// The table.
        table: &'static str,
        /// What starky says.
        reason: String,
    },
    /// A part of the proof has a length that no proof has.
    #[error("the proof of the {table} table has not the shape of a proof")]
    Shape {
        /// The table.
        table: &'static str,
    },
    /// The proof of a table does not verify.
    #[error("the proof of the {table} table is refused: {reason}")]
    Table {
        /// The table.
        table: &'static str,
        /// What starky says.
        reason: String,
    },
    /// The bytes are no proof.
    #[error("these bytes are no proof of a segment: {reason}")]
    Bytes {
        /// What is wrong.
        reason: String,
    },
    /// Sums of look-ups differ between tables.
    #[error("the tables do not belong together: {reason}")]
    Lookup {
        /// What starky says.
        reason: String,
    },
}

impl ProofError {
    fn bytes(error: serde_json::Error) -> ProofError {
        ProofError::Bytes {
            reason: error.to_string(),
        }
    }
}

/// The tables' names in errors, in their order.
const NAMES: [&str; TABLES] = ["CPU", "memory", "range"];

/// The largest height of a table, as a power of two.
const MAX_DEGREE_BITS: usize = 24;

/// The parameters of every table's proof: rate 1/2, 80 queries and 20 bits of work, 100 bits conjectured. Work is cheaper
/// than queries, which are most of the circuit that verifies the proofs: with 84 it has twice as many rows.
pub fn config() -> StarkConfig {
    let fri = FriConfig {
        rate_bits: 1,
        cap_height: 4,
        proof_of_work_bits: 20,
        reduction_strategy: FriReductionStrategy::ConstantArityBits(4, 5),
        num_query_rounds: 80,
    };
    StarkConfig::new(100, 2, fri)
}

/// For tests of what does not depend on the parameters: next to no security.
#[cfg(test)]
pub(crate) fn quick() -> StarkConfig {
    let mut config = config();
    config.fri_config.num_query_rounds = 2;
    config.fri_config.proof_of_work_bits = 1;
    config
}

/// Proves a segment.
///
/// # Errors
/// [`ProofError::Prove`].
pub fn prove(segment: &Segment) -> Result<SegmentProof, ProofError> {
    prove_tables(&segment.boundary, &segment.tables, &config())
}

/// Proves tables, whatever they hold, with the given parameters.
pub(crate) fn prove_tables(
    boundary: &Boundary,
    tables: &[Vec<PolynomialValues<F>>; TABLES],
    config: &StarkConfig,
) -> Result<SegmentProof, ProofError> {
    let buses = Buses::new();
    let commitments = tables.each_ref().map(|columns| {
        Commitment::from_values(
            columns.clone(),
            config.fri_config.rate_bits,
            false,
            config.fri_config.cap_height,
            &mut TimingTree::default(),
            None,
        )
    });
    let mut transcript = transcript(
        boundary,
        commitments
            .each_ref()
            .map(|commitment| (commitment.degree_log, &commitment.merkle_tree.cap)),
    );
    let challenges = get_grand_product_challenge_set(&mut transcript, config.num_challenges);
    let data = buses.data(tables, &challenges);
    let mut prover = TableProver {
        config,
        challenges: &challenges,
        transcript: &mut transcript,
    };
    let mut table = |index: usize, public: &[F]| {
        let (columns, commitment, data) = (&tables[index], &commitments[index], &data[index]);
        match index {
            CPU => prover.prove::<Cpu>(columns, commitment, data, public),
            MEMORY => prover.prove::<Memory>(columns, commitment, data, public),
            _ => prover.prove::<Range>(columns, commitment, data, public),
        }
        .map_err(|reason| ProofError::Prove {
            table: NAMES[index],
            reason,
        })
    };
    Ok(SegmentProof {
        boundary: boundary.clone(),
        tables: [
            table(CPU, &boundary.cpu_inputs())?,
            table(MEMORY, &boundary.memory_inputs())?,
            table(RANGE, &[])?,
        ],
    })
}

struct TableProver<'a> {
    config: &'a StarkConfig,
    challenges: &'a GrandProductChallengeSet<F>,
    transcript: &'a mut Transcript,
}

impl TableProver<'_> {
    fn prove<A: Air>(
        &mut self,
        columns: &[PolynomialValues<F>],
        commitment: &Commitment,
        data: &CtlData<'_, F>,
        public: &[F],
    ) -> Result<TableProof, String> {
        self.config.observe(self.transcript);
        prove_with_commitment(
            &Table::<A>::new(),
            self.config,
            columns,
            commitment,
            Some(data),
            Some(self.challenges),
            self.transcript,
            public,
            None,
            None,
            &mut TimingTree::default(),
        )
        .map(|proof| proof.proof)
        .map_err(|error| error.to_string())
    }
}

/// A transcript that has been shown the statement, and height and commitment of every table.
fn transcript(
    boundary: &Boundary,
    tables: [(usize, &MerkleCap<F, PoseidonHash>); TABLES],
) -> Transcript {
    let mut transcript = Transcript::new();
    transcript.observe_elements(&boundary.cpu_inputs());
    transcript.observe_elements(&boundary.memory_inputs());
    for (height, cap) in tables {
        transcript.observe_element(F::from_canonical_usize(height));
        transcript.observe_cap::<PoseidonHash>(cap);
    }
    transcript
}

/// Verifies the proof of a segment: the machine leads from the state before the boundary to the one after it.
///
/// # Errors
/// [`ProofError::Shape`], [`ProofError::Table`] or [`ProofError::Lookup`].
pub fn verify(proof: &SegmentProof) -> Result<(), ProofError> {
    verify_with(proof, &config())
}

/// Verifies a proof with the given parameters.
pub(crate) fn verify_with(proof: &SegmentProof, config: &StarkConfig) -> Result<(), ProofError> {
    let lookups = lookups();
    for (table, name) in NAMES.iter().enumerate() {
        if !has_shape(&proof.tables[table], table, &lookups, config) {
            return Err(ProofError::Shape { table: name });
        }
    }
    let mut transcript = transcript(
        &proof.boundary,
        proof
            .tables
            .each_ref()
            .map(|table| (table.recover_degree_bits(config), &table.trace_cap)),
    );
    let challenges = get_grand_product_challenge_set(&mut transcript, config.num_challenges);
    let mut verifier = TableVerifier {
        config,
        lookups: &lookups,
        challenges: &challenges,
        transcript: &mut transcript,
    };
    let [cpu, memory, range] = &proof.tables;
    verifier.verify::<Cpu>(CPU, cpu, &proof.boundary.cpu_inputs())?;
    verifier.verify::<Memory>(MEMORY, memory, &proof.boundary.memory_inputs())?;
    verifier.verify::<Range>(RANGE, range, &[])?;
    let sums = proof
        .tables
        .each_ref()
        .map(|table| table.openings.ctl_zs_first.clone().unwrap_or_default());
    verify_cross_table_lookups::<F, D, TABLES>(&lookups, sums, &HashMap::new(), config).map_err(
        |error| ProofError::Lookup {
            reason: error.to_string(),
        },
    )
}

/// Helper columns and sums of a table for its look-ups, and the helpers per look-up.
pub(crate) fn auxiliary(
    table: usize,
    lookups: &[CrossTableLookup<F>],
    config: &StarkConfig,
) -> (usize, usize, Vec<usize>) {
    CrossTableLookup::num_ctl_helpers_zs_all(lookups, table, config.num_challenges, MAX_DEGREE)
}

/// Whether the parts that are indexed before starky looks at them have the right lengths.
fn has_shape(
    proof: &TableProof,
    table: usize,
    lookups: &[CrossTableLookup<F>],
    config: &StarkConfig,
) -> bool {
    let (helpers, sums, _) = auxiliary(table, lookups, config);
    let openings = &proof.openings;
    let queries = &proof.opening_proof.query_round_proofs;
    let length = |values: &Option<Vec<_>>, expected: usize| {
        values
            .as_ref()
            .is_some_and(|values| values.len() == expected)
    };
    queries.iter().all(|query| {
        let trees = &query.initial_trees_proof.evals_proofs;
        trees.len() == 3
            && trees
                .iter()
                .all(|(_, path)| path.siblings.len() <= MAX_DEGREE_BITS)
    }) && queries.len() == config.fri_config.num_query_rounds
        && length(&openings.auxiliary_polys, helpers + sums)
        && length(&openings.auxiliary_polys_next, helpers + sums)
        && openings
            .ctl_zs_first
            .as_ref()
            .is_some_and(|first| first.len() == sums)
}

struct TableVerifier<'a> {
    config: &'a StarkConfig,
    lookups: &'a [CrossTableLookup<F>],
    challenges: &'a GrandProductChallengeSet<F>,
    transcript: &'a mut Transcript,
}

impl TableVerifier<'_> {
    fn verify<A: Air>(
        &mut self,
        table: usize,
        proof: &TableProof,
        public: &[F],
    ) -> Result<(), ProofError> {
        let stark = Table::<A>::new();
        let (helpers, _, by_lookup) = auxiliary(table, self.lookups, self.config);
        let vars = CtlCheckVars::from_proof(
            table,
            proof,
            self.lookups,
            self.challenges,
            stark.num_lookup_helper_columns(self.config),
            helpers,
            &by_lookup,
        );
        let challenges = proof.get_challenges(
            &stark,
            public,
            self.transcript,
            Some(self.challenges),
            Some(&vars),
            true,
            self.config,
            None,
        );
        verify_stark_proof_with_challenges(
            &stark,
            proof,
            &challenges,
            Some(&vars),
            public,
            self.config,
        )
        .map_err(|error| ProofError::Table {
            table: NAMES[table],
            reason: error.to_string(),
        })
    }
}
