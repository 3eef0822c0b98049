//! A transaction of a proof game before its outpoints are known.

use bitcoin::transaction::Version;
use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, Transaction, TxIn, TxOut, Weight, Witness, absolute,
};

use super::name::ProofTx;
use super::node::ProofUnlock;
use crate::graph::TRUC_VBYTES;

/// Where an input's output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// An output of another transaction.
    Output(ProofTx, u32),
    /// The depositor's output.
    Deposit,
    /// One of the outputs that the claim spends.
    ClaimStake(usize),
    /// The output that pays for the assertion.
    AssertionStake,
    /// The output that pays for the challenge: anyone's, unknown in advance.
    ChallengeStake,
}

/// An input before its outpoint is known.
#[derive(Clone, Debug)]
pub(super) struct DraftInput {
    pub(super) source: Source,
    pub(super) unlock: ProofUnlock,
    pub(super) sequence: Sequence,
}

impl DraftInput {
    /// An input without a time-lock.
    pub(super) fn new(source: Source, unlock: ProofUnlock) -> Self {
        let sequence = Sequence::ENABLE_RBF_NO_LOCKTIME;
        Self {
            source,
            unlock,
            sequence,
        }
    }

    /// An input that waits until the output that it spends is `blocks` old.
    pub(super) fn after(source: Source, unlock: ProofUnlock, blocks: u16) -> Self {
        let sequence = Sequence::from_height(blocks);
        Self {
            source,
            unlock,
            sequence,
        }
    }
}

/// A transaction before its outpoints are known.
///
/// The output `rest` gets what the inputs have and neither the other outputs nor the fee take.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) name: ProofTx,
    pub(super) version: Version,
    pub(super) inputs: Vec<DraftInput>,
    pub(super) outputs: Vec<TxOut>,
    pub(super) rest: usize,
    pub(super) weight: Weight,
}

impl Draft {
    pub(super) fn new(
        name: ProofTx,
        inputs: Vec<DraftInput>,
        outputs: Vec<TxOut>,
        rest: usize,
    ) -> Self {
        let witnesses = inputs.iter().map(|input| input.unlock.worst_witness());
        let weight = weight(witnesses, &outputs);
        Self {
            name,
            version: version(weight),
            inputs,
            outputs,
            rest,
            weight,
        }
    }

    /// What all outputs but the rest pay.
    pub(super) fn fixed_sum(&self) -> u64 {
        let others = self.outputs.iter().enumerate();
        others
            .filter(|(number, _)| *number != self.rest)
            .map(|(_, output)| output.value.to_sat())
            .sum()
    }

    /// The transaction without witnesses.
    pub(super) fn transaction(
        &self,
        rest: u64,
        outpoint: impl Fn(Source) -> OutPoint,
    ) -> Transaction {
        let mut outputs = self.outputs.clone();
        if let Some(output) = outputs.get_mut(self.rest) {
            output.value = Amount::from_sat(rest);
        }
        let inputs = self.inputs.iter();
        let inputs = inputs.map(|input| (outpoint(input.source), input.sequence));
        transaction(self.version, inputs, outputs)
    }
}

/// Version 3 (TRUC) where the size allows it.
pub(super) fn version(weight: Weight) -> Version {
    if weight.to_vbytes_ceil() > TRUC_VBYTES {
        Version::TWO
    } else {
        Version(3)
    }
}

/// The weight of a transaction with inputs whose witnesses have these weights, and these outputs.
pub(super) fn weight(witnesses: impl Iterator<Item = usize>, outputs: &[TxOut]) -> Weight {
    const MARKER_AND_FLAG: usize = 2;
    let witnesses: Vec<usize> = witnesses.collect();
    let inputs = witnesses.iter().map(|_| (OutPoint::null(), Sequence::ZERO));
    let base = transaction(Version(3), inputs, outputs.to_vec()).base_size();
    Weight::from_wu((4 * base + MARKER_AND_FLAG + witnesses.iter().sum::<usize>()) as u64)
}

fn transaction(
    version: Version,
    inputs: impl Iterator<Item = (OutPoint, Sequence)>,
    output: Vec<TxOut>,
) -> Transaction {
    let input = |(previous_output, sequence)| TxIn {
        previous_output,
        script_sig: ScriptBuf::new(),
        sequence,
        witness: Witness::new(),
    };
    Transaction {
        version,
        lock_time: absolute::LockTime::ZERO,
        input: inputs.map(input).collect(),
        output,
    }
}
