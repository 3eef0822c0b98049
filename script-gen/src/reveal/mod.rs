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
use crate::winternitz::{PublicKey, Shape};

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

/// The script in which the operator publishes the values of `slots` and copies selected bits.
///
/// The witness, bottom first: the signature of `signer`, then for each slot [`Signature::witness`], then for each copy
/// [`CopiedBit::copy_witness`], all in the given order.
///
/// # Errors
/// If the slots need more stack than there is: distribute them with [`inputs`].
///
/// [`Signature::witness`]: crate::winternitz::Signature::witness
pub fn operator_reveal(
    slots: &[PublicKey],
    copies: &[CopiedBit],
    signer: XOnlyPublicKey,
) -> Result<Reveal, AnalysisError> {
    let script = script! {
        {copies.iter().rev().map(CopiedBit::copy_script)}
        {slots.iter().rev().map(PublicKey::verify_script)}
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
        1 + items + copies.len() * CopiedBit::WITNESS_ITEMS,
        SIGNATURE_WEIGHT + weight + copies.len() * CopiedBit::MAX_WITNESS_WEIGHT,
    )
}

/// The script in which the challenger selects.
///
/// The witness, bottom first: the signature of `signer`, then a secret for each bit in the given order.
///
/// # Errors
/// If there are more bits than the stack holds.
pub fn challenger_select(
    bits: &[BitPublicKey],
    signer: XOnlyPublicKey,
) -> Result<Reveal, AnalysisError> {
    let script = script! {
        {bits.iter().rev().map(BitPublicKey::verify_script)}
        {signer} OP_CHECKSIG
    };
    Reveal::new(
        script,
        1 + bits.len(),
        SIGNATURE_WEIGHT + bits.len() * BIT_SECRET_WEIGHT,
    )
}

/// Distributes slots of these shapes, in order, over as few inputs as possible: the ranges of slots that each input reveals.
/// The first input also copies `copies` bits.
pub fn inputs(slots: &[Shape], copies: usize) -> Vec<Range<usize>> {
    let room = MAX_STACK - WORKING_ITEMS - 1;
    let mut items = copies * CopiedBit::WITNESS_ITEMS;
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
