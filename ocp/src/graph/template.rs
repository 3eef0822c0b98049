//! A transaction before its outpoints and amounts are known.

use bitcoin::transaction::Version;
use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Weight, Witness, absolute,
};

use crate::graph::name::TxName;
use crate::graph::node::Unlock;

/// Largest version 3 (TRUC) transaction, in virtual bytes.
pub const TRUC_VBYTES: u64 = 10_000;

/// Where an input's output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An output of another transaction of the graph.
    Graph(TxName, u32),
    /// The depositor's output.
    Deposit,
    /// The operator's stake.
    OperatorStake,
    /// A challenger's stake, by its number from 1.
    ChallengerStake(u8),
}

/// An input before its outpoint is known.
#[derive(Clone, Debug)]
pub(crate) struct TemplateInput {
    pub(crate) source: Source,
    pub(crate) unlock: Unlock,
    pub(crate) sequence: Sequence,
}

/// A transaction before its outpoints and amounts are known.
///
/// The first output gets what the inputs have and neither the other outputs nor the fee take.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) name: TxName,
    pub(crate) version: Version,
    pub(crate) inputs: Vec<TemplateInput>,
    pub(crate) rest: ScriptBuf,
    pub(crate) fixed: Vec<TxOut>,
    pub(crate) weight: Weight,
}

impl Template {
    pub(crate) fn new(
        name: TxName,
        inputs: Vec<TemplateInput>,
        rest: ScriptBuf,
        fixed: Vec<TxOut>,
    ) -> Self {
        let mut template = Self {
            name,
            version: Version(3),
            inputs,
            rest,
            fixed,
            weight: Weight::ZERO,
        };
        let witnesses: usize = template
            .inputs
            .iter()
            .map(|input| input.unlock.worst_witness().weight())
            .sum();
        let base = template.transaction(0, |_| OutPoint::null()).base_size();
        const MARKER_AND_FLAG: usize = 2;
        template.weight = Weight::from_wu((4 * base + MARKER_AND_FLAG + witnesses) as u64);
        if template.weight.to_vbytes_ceil() > TRUC_VBYTES {
            template.version = Version::TWO;
        }
        template
    }

    pub(crate) fn transaction(
        &self,
        rest: u64,
        outpoint: impl Fn(Source) -> OutPoint,
    ) -> Transaction {
        let input = |input: &TemplateInput| TxIn {
            previous_output: outpoint(input.source),
            script_sig: ScriptBuf::new(),
            sequence: input.sequence,
            witness: Witness::new(),
        };
        let mut output = vec![TxOut {
            value: Amount::from_sat(rest),
            script_pubkey: self.rest.clone(),
        }];
        output.extend(self.fixed.iter().cloned());
        Transaction {
            version: self.version,
            lock_time: absolute::LockTime::ZERO,
            input: self.inputs.iter().map(input).collect(),
            output,
        }
    }

    pub(crate) fn fixed_sum(&self) -> u64 {
        self.fixed.iter().map(|output| output.value.to_sat()).sum()
    }
}
