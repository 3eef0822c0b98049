//! Outputs of the graph: the aggregate key with at most one tree of leaves, and how each is spent.

use bitcoin::hashes::Hash;
use bitcoin::key::{Secp256k1, TapTweak, XOnlyPublicKey};
use bitcoin::opcodes::all::OP_RETURN;
use bitcoin::secp256k1::Parity;
use bitcoin::taproot::{LeafVersion, TAPROOT_LEAF_TAPSCRIPT};
use bitcoin::{Amount, ScriptBuf, TapNodeHash, TxOut, VarInt, WitnessProgram};

use crate::params::ANCHOR_DUST;

/// A Taproot output under the signers' aggregate key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    internal_key: XOnlyPublicKey,
    root: Option<TapNodeHash>,
    script_pubkey: ScriptBuf,
    parity: Parity,
}

impl Connector {
    /// An output with the aggregate key as internal key and a tree with this root.
    pub fn new(internal_key: XOnlyPublicKey, root: Option<TapNodeHash>) -> Self {
        let secp = Secp256k1::verification_only();
        let (output_key, parity) = internal_key.tap_tweak(&secp, root);
        let script_pubkey = ScriptBuf::new_p2tr_tweaked(output_key);
        Self {
            internal_key,
            root,
            script_pubkey,
            parity,
        }
    }

    /// Root of the tree, `None` without leaves.
    pub fn root(&self) -> Option<TapNodeHash> {
        self.root
    }

    /// What it pays to.
    pub fn script_pubkey(&self) -> &ScriptBuf {
        &self.script_pubkey
    }

    /// The output with an amount.
    pub fn pay(&self, sat: u64) -> TxOut {
        TxOut {
            value: Amount::from_sat(sat),
            script_pubkey: self.script_pubkey.clone(),
        }
    }

    /// The control block of a leaf with this branch, from the leaf's sibling to the root's child.
    pub fn control_block(&self, branch: &[TapNodeHash]) -> Vec<u8> {
        let mut block = vec![TAPROOT_LEAF_TAPSCRIPT | self.parity.to_u8()];
        block.extend_from_slice(&self.internal_key.serialize());
        for node in branch {
            block.extend_from_slice(node.as_byte_array());
        }
        block
    }
}

/// The hash of a leaf as a node of a tree.
pub fn leaf_node(script: &ScriptBuf) -> TapNodeHash {
    TapNodeHash::from_script(script, LeafVersion::TapScript)
}

/// A pay-to-anchor output, which anyone may spend to raise the fee.
pub fn anchor() -> TxOut {
    let program = WitnessProgram::p2a();
    TxOut {
        value: Amount::from_sat(ANCHOR_DUST),
        script_pubkey: ScriptBuf::new_witness_program(&program),
    }
}

/// An output that nobody can spend.
///
/// A node that relays it to its wallet's user needs `maxburnamount`; the network's policy has no limit.
pub fn burn(sat: u64) -> TxOut {
    let script_pubkey = ScriptBuf::builder().push_opcode(OP_RETURN).into_script();
    TxOut {
        value: Amount::from_sat(sat),
        script_pubkey,
    }
}

/// The size of an input's witness in the worst case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WitnessSize {
    /// Number of elements.
    pub items: usize,
    /// Bytes of the elements, each with its length in front.
    pub bytes: usize,
}

impl WitnessSize {
    /// The witness of a key path spend: one Schnorr signature over everything.
    pub const KEY_PATH: WitnessSize = WitnessSize {
        items: 1,
        bytes: 65,
    };

    /// This witness and one more element of `len` bytes.
    pub fn with(self, len: usize) -> Self {
        Self {
            items: self.items + 1,
            bytes: self.bytes + VarInt::from(len).size() + len,
        }
    }

    /// This witness and another one's elements.
    pub fn and(self, other: Self) -> Self {
        Self {
            items: self.items + other.items,
            bytes: self.bytes + other.bytes,
        }
    }

    /// Weight of the whole witness, with the number of its elements.
    pub fn weight(self) -> usize {
        VarInt::from(self.items).size() + self.bytes
    }

    /// The size of these elements.
    pub fn of<T: AsRef<[u8]>>(elements: &[T]) -> Self {
        elements.iter().fold(Self::default(), |size, element| {
            size.with(element.as_ref().len())
        })
    }
}
