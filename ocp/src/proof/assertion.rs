//! How the values of an assertion are distributed over transactions, and what these have to be paid.

use std::ops::Range;

use bitcoin::TxOut;
use bitcoin::key::XOnlyPublicKey;
use rayon::prelude::*;

use super::draft::{Draft, DraftInput, Source, weight};
use super::name::ProofTx;
use super::node::ProofUnlock;
use super::reveal::{SlotsLeaf, Widths};
use super::setup::{ProofSetup, ProofSetupError};
use crate::graph::blueprint::key_output;
use crate::graph::output::{Connector, anchor, leaf_node};
use crate::params::{ANCHOR_DUST, TAPROOT_DUST};

/// One transaction of the assertion: its leaves, and the outputs that they stand in.
struct Part {
    leaves: Vec<(SlotsLeaf, Connector)>,
}

/// All transactions that commit values.
pub(super) struct Assertion<'a> {
    setup: &'a ProofSetup,
    operator: XOnlyPublicKey,
    parts: Vec<Part>,
}

impl<'a> Assertion<'a> {
    pub(super) fn new(
        setup: &'a ProofSetup,
        internal_key: XOnlyPublicKey,
    ) -> Result<Self, ProofSetupError> {
        let operator = setup.signers[0].x_only();
        let limit = setup.params.assert_weight;
        let public = setup.slots.public.len();
        let widths = Widths::new(&setup.keys);
        let parts = distribute(&widths, public..setup.keys.len(), limit, operator);
        let parts = parts.ok_or(ProofSetupError::AssertTooSmall { limit })?;
        if parts.is_empty() || parts.len() > usize::from(u16::MAX) {
            return Err(ProofSetupError::Assertion(parts.len()));
        }
        let part = |inputs: &Vec<Range<usize>>| {
            let leaf = |slots: &Range<usize>| {
                let leaf = SlotsLeaf::new(&setup.keys, slots.clone(), operator)?;
                let connector = Connector::new(internal_key, Some(leaf_node(leaf.script())));
                Ok((leaf, connector))
            };
            let leaves = inputs
                .iter()
                .map(leaf)
                .collect::<Result<_, ProofSetupError>>()?;
            Ok(Part { leaves })
        };
        let parts: Result<_, ProofSetupError> = parts.par_iter().map(part).collect();
        Ok(Self {
            setup,
            operator,
            parts: parts?,
        })
    }

    /// Inputs that the end of the assertion spends, one for each part.
    pub(super) fn ends(&self) -> impl Iterator<Item = DraftInput> {
        let part = |number| Source::Output(ProofTx::Assert(number), 0);
        (1..=self.parts.len() as u16)
            .map(move |number| DraftInput::new(part(number), ProofUnlock::Operator))
    }

    /// The start and all parts. The parts together hand on what the end needs.
    pub(super) fn drafts(&self, end_needs: u64) -> (Draft, Vec<Draft>) {
        let own = |value| TxOut {
            value: bitcoin::Amount::from_sat(value),
            script_pubkey: key_output(self.operator),
        };
        // Every part hands on one output; the first one's is as large as necessary.
        let others = TAPROOT_DUST * (self.parts.len() as u64 - 1);
        let first = end_needs.saturating_sub(others).max(TAPROOT_DUST);
        let mut parts = Vec::new();
        let mut reveal_outputs = Vec::new();
        for (number, part) in (1..).zip(&self.parts) {
            let vouts = reveal_outputs.len() as u32..;
            let inputs = part
                .leaves
                .iter()
                .zip(vouts)
                .map(|((leaf, connector), vout)| {
                    let unlock = ProofUnlock::Reveal {
                        leaf: leaf.clone(),
                        control: connector.control_block(&[]),
                    };
                    DraftInput::new(Source::Output(ProofTx::AssertStart, vout), unlock)
                });
            let handed_on = if number == 1 { first } else { TAPROOT_DUST };
            let outputs = vec![own(handed_on), anchor()];
            let draft = Draft::new(ProofTx::Assert(number), inputs.collect(), outputs, 0);
            let fee = self.setup.params.amounts.fee(draft.weight.to_vbytes_ceil());
            let dust = TAPROOT_DUST * (part.leaves.len() as u64 - 1);
            let pays = (handed_on + ANCHOR_DUST + fee)
                .saturating_sub(dust)
                .max(TAPROOT_DUST);
            let values = std::iter::once(pays).chain(std::iter::repeat(TAPROOT_DUST));
            let connectors = part.leaves.iter().map(|(_, connector)| connector);
            reveal_outputs.extend(
                connectors
                    .zip(values)
                    .map(|(connector, sat)| connector.pay(sat)),
            );
            parts.push(draft);
        }
        reveal_outputs.push(anchor());
        let stake = DraftInput::new(Source::AssertionStake, ProofUnlock::Operator);
        let start = Draft::new(ProofTx::AssertStart, vec![stake], reveal_outputs, 0);
        (start, parts)
    }
}

/// Inputs for all slots, and transactions for all inputs, each filled up to the limit; none if a slot exceeds it.
fn distribute(
    widths: &Widths,
    slots: Range<usize>,
    limit: usize,
    operator: XOnlyPublicKey,
) -> Option<Vec<Vec<Range<usize>>>> {
    let outputs = [
        anchor(),
        TxOut {
            value: bitcoin::Amount::ZERO,
            script_pubkey: key_output(operator),
        },
    ];
    let fits =
        |witnesses: &[usize]| weight(witnesses.iter().copied(), &outputs).to_wu() <= limit as u64;
    let mut parts: Vec<Vec<Range<usize>>> = Vec::new();
    let mut witnesses = Vec::new();
    for input in widths.inputs(slots, |witness| fits(&[witness.weight()]))? {
        witnesses.push(widths.witness(input.clone()).weight());
        match parts.last_mut() {
            Some(part) if fits(&witnesses) => part.push(input),
            _ => {
                witnesses.drain(..witnesses.len() - 1);
                parts.push(vec![input]);
            }
        }
    }
    Some(parts)
}
