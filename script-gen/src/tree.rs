//! The Taproot tree of a game's leaves.
//!
//! Only hashes are kept: leaves are made, hashed and dropped one by one, on all threads, and the same leaf numbers give the same
//! tree whatever the threads do.

use bitcoin::hashes::Hash;
use bitcoin::taproot::{TapLeafHash, TapNodeHash};
use rayon::prelude::*;

use crate::leaf::Leaf;
use crate::manifest::{LeafEntry, Manifest};

/// A balanced tree over leaves in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafTree {
    leaves: Vec<TapNodeHash>,
}

/// Why there is no tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// There is no leaf.
    #[error("a tree needs at least one leaf")]
    Empty,
    /// There are more leaves than a Taproot tree of depth 128 would need; no compiler makes that many.
    #[error("{0} leaves are too many")]
    TooMany(usize),
    /// Two leaves share a name.
    #[error("two leaves have the name {0}")]
    DuplicateName(String),
}

impl LeafTree {
    /// The largest number of leaves.
    pub const MAX_LEAVES: usize = 1 << 24;

    /// The tree of these leaf hashes.
    ///
    /// # Errors
    /// If there are none or more than [`MAX_LEAVES`](Self::MAX_LEAVES).
    pub fn new(leaves: Vec<TapLeafHash>) -> Result<Self, TreeError> {
        match leaves.len() {
            0 => Err(TreeError::Empty),
            1..=Self::MAX_LEAVES => Ok(Self {
                leaves: leaves.into_iter().map(TapNodeHash::from).collect(),
            }),
            many => Err(TreeError::TooMany(many)),
        }
    }

    /// Makes `count` leaves on all threads, keeping of each only its hash and its entry in the manifest.
    ///
    /// # Errors
    /// The first leaf's that has one, in their order, or a [`TreeError`].
    pub fn build<E: Send + From<TreeError>>(
        count: usize,
        transaction_weight: usize,
        leaf: impl Fn(usize) -> Result<Leaf, E> + Sync,
    ) -> Result<(Self, Manifest), E> {
        let depth = |number| depth(number, count);
        let made: Vec<Result<(TapLeafHash, LeafEntry), E>> = (0..count)
            .into_par_iter()
            .map(|number| {
                let leaf = leaf(number)?;
                Ok((
                    leaf.hash(),
                    LeafEntry::new(&leaf, depth(number), transaction_weight),
                ))
            })
            .collect();
        let made = made.into_iter().collect::<Result<Vec<_>, E>>()?;
        let (hashes, entries) = made.into_iter().unzip();
        let tree = Self::new(hashes)?;
        let manifest = Manifest::new(&tree, entries)?;
        Ok((tree, manifest))
    }

    /// Number of leaves.
    pub fn len(&self) -> usize {
        self.leaves.len()
    }

    /// Never: a tree has a leaf.
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty()
    }

    /// The root.
    pub fn root(&self) -> TapNodeHash {
        root(&self.leaves)
    }

    /// How far below the root a leaf stands, if there is one with this number.
    pub fn depth(&self, leaf: usize) -> Option<usize> {
        (leaf < self.len()).then(|| depth(leaf, self.len()))
    }

    /// The siblings from a leaf up to the root, as a control block lists them.
    pub fn branch(&self, leaf: usize) -> Option<Vec<TapNodeHash>> {
        if leaf >= self.len() {
            return None;
        }
        let mut branch = vec![];
        let (mut nodes, mut place) = (self.leaves.as_slice(), leaf);
        while nodes.len() > 1 {
            let (left, right) = nodes.split_at(nodes.len().div_ceil(2));
            if place < left.len() {
                branch.push(root(right));
                nodes = left;
            } else {
                place -= left.len();
                branch.push(root(left));
                nodes = right;
            }
        }
        branch.reverse();
        Some(branch)
    }
}

/// The root over a slice: the left half has the odd one.
fn root(nodes: &[TapNodeHash]) -> TapNodeHash {
    match nodes {
        [] => TapNodeHash::all_zeros(),
        [node] => *node,
        _ => {
            let (left, right) = nodes.split_at(nodes.len().div_ceil(2));
            TapNodeHash::from_node_hashes(root(left), root(right))
        }
    }
}

/// How far below the root a leaf stands in a tree of `count` leaves.
pub(crate) fn depth(mut leaf: usize, mut count: usize) -> usize {
    let mut depth = 0;
    while count > 1 {
        let left = count.div_ceil(2);
        if leaf < left {
            count = left;
        } else {
            leaf -= left;
            count -= left;
        }
        depth += 1;
    }
    depth
}
