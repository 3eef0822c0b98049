//! What a compiler says of a statement: the values that a claim and its assertion commit, and the leaves that refute them.

use std::error::Error;

use bitcoin::{ScriptBuf, TapNodeHash};
use gavel_script_gen::manifest::Manifest;
use gavel_script_gen::tree::LeafTree;
use gavel_script_gen::winternitz::{PublicKey, Shape, Signature};

/// A compiler's error, whatever it is.
pub type StatementError = Box<dyn Error + Send + Sync>;

/// The place of one committed value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProofSlot {
    /// A name, unique in the statement: the slot's key is derived from it.
    pub name: String,
    /// Its digits.
    pub shape: Shape,
}

/// All slots of a statement. They are numbered, the public ones first; keys, values and signatures are listed in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProofSlots {
    /// The public input, which the claim commits.
    pub public: Vec<ProofSlot>,
    /// The values that the assertion commits.
    pub asserted: Vec<ProofSlot>,
}

impl ProofSlots {
    /// All slots in their order.
    pub fn iter(&self) -> impl Iterator<Item = &ProofSlot> {
        self.public.iter().chain(&self.asserted)
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.public.len() + self.asserted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a refutation weighs without the witness of its only input: that input, a Taproot output or any shorter one, and no
/// anchor, since who makes it chooses its fee.
///
/// A compiler's budget for a whole Disprove is
/// [`Leaf::max_spend_weight`](gavel_script_gen::leaf::Leaf::max_spend_weight) with this: it adds the witness, the script and
/// the control block, which has 33 bytes and 32 for each level of the tree.
pub const DISPROVE_WEIGHT: usize = {
    const VERSION_AND_LOCK_TIME: usize = 4 + 4;
    const COUNTS: usize = 1 + 1;
    const INPUT: usize = 36 + 1 + 4;
    const TAPROOT_OUTPUT: usize = 8 + 1 + 34;
    const MARKER_AND_FLAG: usize = 2;
    4 * (VERSION_AND_LOCK_TIME + COUNTS + INPUT + TAPROOT_OUTPUT) + MARKER_AND_FLAG
};

/// The tree of refuting leaves, as far as the transactions have to know it.
///
/// A leaf of this tree asks for no signature: whoever shows a false relation may spend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofTree {
    /// Root of the tree.
    pub root: TapNodeHash,
    /// Weight of the heaviest witness, script and control block included.
    pub worst_witness: usize,
}

impl ProofTree {
    /// Of the tree that a manifest describes, whose weights count `transaction_weight` for everything but the witness.
    pub fn of(manifest: &Manifest, transaction_weight: usize) -> Self {
        let weights = manifest.leaves.iter().map(|leaf| leaf.worst_weight);
        Self {
            root: manifest.root,
            worst_witness: weights
                .max()
                .unwrap_or(0)
                .saturating_sub(transaction_weight),
        }
    }
}

/// A leaf that accepts, with what it takes to spend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefutingLeaf {
    /// Its number in the tree.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// The relation that it refutes.
    pub relation: String,
    /// Its script.
    pub script: ScriptBuf,
    /// The elements of its witness, bottom first, without script and control block.
    pub witness: Vec<Vec<u8>>,
}

/// A statement that a compiler has turned into slots and leaves.
///
/// Keys and signatures are listed in the order of [`ProofSlots`]. Everything is a function of the keys: each signer builds the
/// tree for itself, and whoever watches can build a leaf.
pub trait Statement: Send + Sync {
    /// The slots.
    fn slots(&self) -> &ProofSlots;

    /// The tree of refuting leaves over these keys, and what the transactions have to know of it.
    ///
    /// # Errors
    /// A leaf cannot be built.
    fn tree(&self, keys: &[PublicKey]) -> Result<(LeafTree, ProofTree), StatementError>;

    /// A leaf that refutes one of the signed values; none if every relation holds.
    ///
    /// # Errors
    /// A leaf cannot be built.
    fn find_refutation(
        &self,
        keys: &[PublicKey],
        shown: &[Signature],
    ) -> Result<Option<RefutingLeaf>, StatementError>;
}
