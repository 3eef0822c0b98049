//! The scripts by which the transactions of a game publish values: signatures of slots, selections and copies of selections.
//!
//! Every reveal ends with a `OP_CHECKSIG` of a key, so that nobody who sees its witness can spend the output elsewhere. The
//! values themselves are dropped: later leaves open them again.

#[cfg(test)]
mod tests;

use std::ops::Range;

use bitcoin::XOnlyPublicKey;

use crate::analysis::{AnalysisError, Report, analyse};
use crate::bits::{BIT_SECRET_WEIGHT, BitPublicKey, CopiedBit};
use crate::script;
use crate::script::Script;
use crate::trace::MAX_STACK;
use crate::winternitz::{CopiedKey, PublicKey, Shape};

/// A Schnorr signature with the default hash type in a witness, with its length byte.
pub const SIGNATURE_WEIGHT: usize = 1 + 64;

/// Room on the stack that the check of one digit needs beside the witness: a table of eight chain values, an index, a public
/// key and two numbers.
const WORKING_ITEMS: usize = 12;

/// One input's reveal script and the largest witness that it can take.
#[derive(Clone, Debug)]
pub struct Reveal {
    /// The tapscript.
    pub script: Script,
    /// Witness items, with the signature and without script and control block.
    pub witness_items: usize,
    /// The weight of the largest witness, lengths included, without script and control block.
    pub max_witness_weight: usize,
    /// Stack and altstack at their highest.
    pub peak_stack: usize,
}

impl Reveal {
    fn new(
        script: Script,
        witness_items: usize,
        max_witness_weight: usize,
    ) -> Result<Self, AnalysisError> {
        let Report { peak_stack, .. } = analyse(&script, witness_items)?;
        Ok(Self {
            script,
            witness_items,
            max_witness_weight,
            peak_stack,
        })
    }
}

/// What the operator copies from the challenger.
#[derive(Clone, Copy, Debug, Default)]
pub struct Copies<'a> {
    /// Values.
    pub values: &'a [CopiedKey],
    /// Bits of a selection.
    pub bits: &'a [CopiedBit],
}

impl Copies<'_> {
    /// Its witness items.
    pub fn witness_items(&self) -> usize {
        let values = self.values.iter().map(CopiedKey::witness_items);
        values.sum::<usize>() + self.bits.len() * CopiedBit::WITNESS_ITEMS
    }

    /// The weight of its largest witness.
    pub fn max_witness_weight(&self) -> usize {
        let values = self.values.iter().map(CopiedKey::max_witness_weight);
        values.sum::<usize>() + self.bits.len() * CopiedBit::MAX_WITNESS_WEIGHT
    }

    /// Requires that both parties have said the same. `.. [values] [bits] -> ..`
    pub fn copy_script(&self) -> Script {
        script! {
            {self.bits.iter().rev().map(CopiedBit::copy_script)}
            {self.values.iter().rev().map(CopiedKey::copy_script)}
        }
    }
}

/// The script in which the operator publishes the values of `slots` and copies what the challenger has said. All that it shows
/// for the first time has to be of its proper size.
///
/// The witness, bottom first: the signature of `signer`, then for each slot [`Signature::witness`], then for each copied value
/// [`CopiedKey::copy_witness`], then for each copied bit [`CopiedBit::copy_witness`], all in the given order.
///
/// # Errors
/// If the slots need more stack than there is: distribute them with [`inputs`].
///
/// [`Signature::witness`]: crate::winternitz::Signature::witness
pub fn operator_reveal(
    slots: &[PublicKey],
    copies: Copies<'_>,
    signer: XOnlyPublicKey,
) -> Result<Reveal, AnalysisError> {
    operator_script(slots, copies, signer, PublicKey::publish_script)
}

/// The script in which the operator publishes the values of `slots`, of whatever size it has made their chains.
///
/// # Errors
/// As [`operator_reveal`].
pub fn operator_assertion(
    slots: &[PublicKey],
    signer: XOnlyPublicKey,
) -> Result<Reveal, AnalysisError> {
    operator_script(slots, Copies::default(), signer, PublicKey::verify_script)
}

fn operator_script(
    slots: &[PublicKey],
    copies: Copies<'_>,
    signer: XOnlyPublicKey,
    check: impl Fn(&PublicKey) -> Script,
) -> Result<Reveal, AnalysisError> {
    let script = script! {
        {copies.copy_script()}
        {slots.iter().rev().map(check)}
        {signer} OP_CHECKSIG
    };
    let items = slots
        .iter()
        .map(|key| key.shape().witness_items())
        .sum::<usize>();
    let weight = slots
        .iter()
        .map(|key| key.shape().max_witness_weight())
        .sum::<usize>();
    Reveal::new(
        script,
        1 + items + copies.witness_items(),
        SIGNATURE_WEIGHT + weight + copies.max_witness_weight(),
    )
}

/// The script in which the challenger publishes values and selects.
///
/// The witness, bottom first: the signature of `signer`, then for each value [`Signature::witness`], then a secret for each
/// bit, all in the given order.
///
/// # Errors
/// If there are more values and bits than the stack holds.
///
/// [`Signature::witness`]: crate::winternitz::Signature::witness
pub fn challenger_reveal(
    values: &[PublicKey],
    bits: &[BitPublicKey],
    signer: XOnlyPublicKey,
) -> Result<Reveal, AnalysisError> {
    let script = script! {
        {bits.iter().rev().map(BitPublicKey::verify_script)}
        {values.iter().rev().map(PublicKey::publish_script)}
        {signer} OP_CHECKSIG
    };
    let shapes = || values.iter().map(PublicKey::shape);
    let items = shapes().map(|shape| shape.witness_items()).sum::<usize>();
    let weight = shapes()
        .map(|shape| shape.max_witness_weight())
        .sum::<usize>();
    Reveal::new(
        script,
        1 + items + bits.len(),
        SIGNATURE_WEIGHT + weight + bits.len() * BIT_SECRET_WEIGHT,
    )
}

/// Distributes slots of these shapes, in order, over as few inputs as possible: the ranges of slots that each input reveals.
/// The first input also copies, which takes `copied_items` items of its witness.
pub fn inputs(slots: &[Shape], copied_items: usize) -> Vec<Range<usize>> {
    let room = MAX_STACK - WORKING_ITEMS - 1;
    let mut items = copied_items;
    let mut inputs = vec![];
    let mut start = 0;
    for (slot, shape) in slots.iter().enumerate() {
        if items + shape.witness_items() > room {
            inputs.push(start..slot);
            (start, items) = (slot, 0);
        }
        items += shape.witness_items();
    }
    inputs.push(start..slots.len());
    inputs
}
