//! The default relay policy, as far as it concerns the transactions of a dispute.
//!
//! The library in process judges by consensus only. These are the limits of an unmodified node's mempool that our
//! transactions come near, checked here by name so that a dispute in process fails where it would fail on the network;
//! the mempool itself judges on [`crate::BitcoindChain`].

use std::fmt;

use bitcoin::{Amount, Transaction, TxOut, taproot::LeafVersion};

use crate::chain;

/// `MAX_STANDARD_TX_WEIGHT`.
const MAX_WEIGHT: u64 = 400_000;
/// `TRUC_VERSION`.
const TRUC_VERSION: i32 = 3;
/// `TRUC_MAX_VSIZE`.
const TRUC_MAX_VBYTES: u64 = 10_000;
/// `TRUC_CHILD_MAX_VSIZE`.
const TRUC_CHILD_MAX_VBYTES: u64 = 1_000;
/// `TRUC_ANCESTOR_LIMIT`.
const TRUC_MAX_PACKAGE: usize = 2;
/// `MAX_STANDARD_TAPSCRIPT_STACK_ITEM_SIZE`.
const MAX_TAPSCRIPT_ITEM: usize = 80;
/// `DEFAULT_MIN_RELAY_TX_FEE`, in satoshis per 1000 virtual bytes.
const MIN_RELAY_FEE: u64 = 100;
/// The first byte of an annex (BIP 341).
const ANNEX_TAG: u8 = 0x50;

/// A rule of the relay policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyRule {
    /// A transaction has at most 400,000 weight units.
    Weight,
    /// A version 3 transaction has at most 10,000 virtual bytes, its unconfirmed child at most 1,000 (BIP 431).
    Truc,
    /// An output is worth what spending it costs; one ephemeral dust output is allowed in a zero-fee parent whose child spends it.
    Dust,
    /// Tapscript witness items have at most 80 bytes, there is no annex and the leaf version is known.
    Witness,
    /// A transaction, or its package, pays the minimum relay fee.
    Fee,
}

impl PolicyRule {
    /// The rule behind one of Core's reject reasons.
    pub(crate) fn from_core(code: &str) -> Option<Self> {
        match code {
            "tx-size" => Some(Self::Weight),
            "TRUC-violation" => Some(Self::Truc),
            "dust" | "unspent-dust" => Some(Self::Dust),
            "bad-witness-nonstandard" => Some(Self::Witness),
            "min relay fee not met" => Some(Self::Fee),
            _ => None,
        }
    }
}

/// A broken rule of the relay policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: PolicyRule,
    /// The values that break it, or Core's words.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

/// Checks a package (parents first, with the outputs that each transaction spends) against the relay policy.
///
/// # Errors
/// The position of the first transaction that breaks a rule, and the rule.
pub fn check_policy(
    package: &[Transaction],
    spent: &[Vec<TxOut>],
) -> Result<(), (usize, Violation)> {
    for (position, (transaction, spent)) in package.iter().zip(spent).enumerate() {
        let at = |violation| (position, violation);
        check_size(transaction).map_err(at)?;
        check_truc(package, position).map_err(at)?;
        check_witness(transaction, spent).map_err(at)?;
        check_dust(transaction, spent).map_err(at)?;
    }
    check_fee(package, spent)?;
    for position in 0..package.len() {
        check_dust_is_spent(package, position).map_err(|violation| (position, violation))?;
    }
    Ok(())
}

fn violation(rule: PolicyRule, detail: String) -> Result<(), Violation> {
    Err(Violation { rule, detail })
}

fn check_size(transaction: &Transaction) -> Result<(), Violation> {
    let weight = transaction.weight().to_wu();
    if weight > MAX_WEIGHT {
        return violation(
            PolicyRule::Weight,
            format!("weight {weight} exceeds {MAX_WEIGHT}"),
        );
    }
    Ok(())
}

fn check_truc(package: &[Transaction], position: usize) -> Result<(), Violation> {
    let transaction = &package[position];
    let parents = package[..position]
        .iter()
        .filter(|parent| spends(transaction, parent));
    let truc = transaction.version.0 == TRUC_VERSION;
    let mut limit = TRUC_MAX_VBYTES;
    for parent in parents {
        if (parent.version.0 == TRUC_VERSION) != truc {
            return violation(
                PolicyRule::Truc,
                "a version 3 transaction and its unconfirmed parent or child of another version"
                    .into(),
            );
        }
        limit = TRUC_CHILD_MAX_VBYTES;
    }
    if truc && package.len() > TRUC_MAX_PACKAGE {
        return violation(
            PolicyRule::Truc,
            format!(
                "{} version 3 transactions in a package of at most 2",
                package.len()
            ),
        );
    }
    let vbytes = transaction.weight().to_vbytes_ceil();
    if truc && vbytes > limit {
        return violation(
            PolicyRule::Truc,
            format!("{vbytes} virtual bytes of a version 3 transaction exceed {limit}"),
        );
    }
    Ok(())
}

fn spends(child: &Transaction, parent: &Transaction) -> bool {
    let txid = parent.compute_txid();
    child
        .input
        .iter()
        .any(|input| input.previous_output.txid == txid)
}

/// The limits for script path spends of Taproot outputs; other kinds of outputs do not occur in a dispute.
fn check_witness(transaction: &Transaction, spent: &[TxOut]) -> Result<(), Violation> {
    for (number, (input, output)) in transaction.input.iter().zip(spent).enumerate() {
        let items: Vec<&[u8]> = input.witness.iter().collect();
        if !output.script_pubkey.is_p2tr() || items.len() < 2 {
            continue;
        }
        let broken =
            |what: String| violation(PolicyRule::Witness, format!("input {number}: {what}"));
        if items
            .last()
            .is_some_and(|item| item.first() == Some(&ANNEX_TAG))
        {
            return broken("an annex".into());
        }
        let (stack, leaf) = items.split_at(items.len() - 2);
        let version = leaf[1].first().map(|byte| byte & 0xfe);
        if version != Some(LeafVersion::TapScript.to_consensus()) {
            return broken("an unknown leaf version".into());
        }
        if let Some(item) = stack.iter().find(|item| item.len() > MAX_TAPSCRIPT_ITEM) {
            return broken(format!(
                "a witness item of {} bytes exceeds {MAX_TAPSCRIPT_ITEM}",
                item.len()
            ));
        }
    }
    Ok(())
}

fn dust(transaction: &Transaction) -> impl Iterator<Item = usize> {
    let is_dust = |output: &TxOut| output.value < output.script_pubkey.minimal_non_dust();
    (0..transaction.output.len()).filter(move |&number| is_dust(&transaction.output[number]))
}

/// One dust output is allowed, in a transaction that no miner would take for its own fee.
fn check_dust(transaction: &Transaction, spent: &[TxOut]) -> Result<(), Violation> {
    let Some(first) = dust(transaction).next() else {
        return Ok(());
    };
    if dust(transaction).count() > 1 || chain::fee(transaction, spent) != Some(Amount::ZERO) {
        let output = &transaction.output[first];
        let threshold = output.script_pubkey.minimal_non_dust();
        return violation(
            PolicyRule::Dust,
            format!("output {first} of {} is below {threshold}", output.value),
        );
    }
    Ok(())
}

fn check_dust_is_spent(package: &[Transaction], position: usize) -> Result<(), Violation> {
    let txid = package[position].compute_txid();
    for number in dust(&package[position]) {
        let mut inputs = package[position + 1..]
            .iter()
            .flat_map(|child| &child.input)
            .map(|input| input.previous_output);
        if !inputs.any(|outpoint| outpoint.txid == txid && outpoint.vout as usize == number) {
            return violation(
                PolicyRule::Dust,
                format!("the package does not spend the dust output {number} of {txid}"),
            );
        }
    }
    Ok(())
}

/// A package pays as a whole, so that a child can pay for a zero-fee parent. Spending more than there is, is not a
/// question of policy.
fn check_fee(package: &[Transaction], spent: &[Vec<TxOut>]) -> Result<(), (usize, Violation)> {
    let fees: Option<Vec<Amount>> = package
        .iter()
        .zip(spent)
        .map(|(transaction, spent)| chain::fee(transaction, spent))
        .collect();
    let Some(fees) = fees else { return Ok(()) };
    let fee = fees.into_iter().map(Amount::to_sat).sum::<u64>();
    let vbytes: u64 = package
        .iter()
        .map(|transaction| transaction.weight().to_vbytes_ceil())
        .sum();
    let minimum = (vbytes * MIN_RELAY_FEE).div_ceil(1000);
    if fee < minimum {
        let detail =
            format!("a fee of {fee} satoshis for {vbytes} virtual bytes is below {minimum}");
        return Err((
            0,
            Violation {
                rule: PolicyRule::Fee,
                detail,
            },
        ));
    }
    Ok(())
}
