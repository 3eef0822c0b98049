//! The memory table: from the root of the state's tree before a segment to the root after it.
//!
//! Memory and registers are the leaves of one tree of Poseidon hashes ([`tree`]). A segment opens the leaves that it
//! touches, once, in the old and in the new tree. A node has two rows, the old one first; each row is one permutation. The
//! rows of a parent ask for the digests of those children that the segment touches, by key and level; the other children
//! are the same in both. The rows of a leaf put its words on the memory bus: the old ones as written at time 0, the new
//! ones as last read at the time of their last access.

mod poseidon;
mod trace;
pub mod tree;

use plonky2::field::types::Field;
use plonky2::hash::poseidon::SPONGE_WIDTH;

use self::poseidon::SBOXES;
use self::tree::{LEAF_LEVEL, LEAF_WORDS, REGISTER_LEVEL};
use super::F;
use super::air::{Air, Emit, Row};
use super::algebra::Algebra;
use super::lookup::{BUS_BASE, Combination, Entry};

pub use trace::{Access, trace};

/// The node's number: the root is 1, the children of `k` are `2k` and `2k + 1`.
pub const KEY: usize = 0;
/// The node's level: the root is at 0.
pub const LEVEL: usize = 1;
/// 1 in the rows of nodes, 0 in rows that fill the table.
pub const USED: usize = 2;
/// 1 in the rows of the root.
pub const ROOT: usize = 3;
/// 1 in the rows of leaves.
pub const LEAF: usize = 4;
/// For left and right child: 1 if the segment touches it.
pub const TOUCHED: usize = 5;
/// For left and right child: 1 if it has to stay as it is.
pub const KEPT: usize = 7;
/// 0 in the row of the old tree, 1 in that of the new one.
pub const NEW: usize = 9;
/// What is hashed: two digests, or the words of a leaf.
pub const INPUT: usize = 10;
/// New rows of leaves: when each word was last accessed.
pub const TIME: usize = INPUT + LEAF_WORDS;
/// Cubes of what goes into the S-boxes.
pub const CUBE: usize = TIME + LEAF_WORDS;
/// What comes out of the S-boxes.
pub const OUTPUT: usize = CUBE + SBOXES;
/// Columns of the table.
pub const COLUMNS: usize = OUTPUT + SBOXES;

/// Public inputs: the old root, then the new one.
pub const PUBLIC_INPUTS: usize = 8;

/// The memory table.
#[derive(Clone, Copy, Debug)]
pub struct Memory;

impl Air for Memory {
    const COLUMNS: usize = COLUMNS;
    const PUBLIC_INPUTS: usize = PUBLIC_INPUTS;

    fn constrain<A: Algebra>(row: &Row<'_, A>, emit: &mut impl Emit<A>) {
        let (local, next) = (row.local, row.next);
        let one = A::one();
        let new = local[NEW];
        let old = one - new;
        for flag in [USED, ROOT, LEAF, NEW, TOUCHED, TOUCHED + 1, KEPT, KEPT + 1] {
            emit.boolean(local[flag]);
        }

        // Old and new rows alternate, and both are of one node.
        emit.first(new);
        emit.transition(local[NEW] + next[NEW] - one);
        for same in [
            KEY,
            LEVEL,
            USED,
            ROOT,
            LEAF,
            TOUCHED,
            TOUCHED + 1,
            KEPT,
            KEPT + 1,
        ] {
            emit.transition(old * (next[same] - local[same]));
        }

        // The first node is the root, and no other is.
        emit.first(local[ROOT] - one);
        emit.transition(new * next[ROOT]);
        emit.always(local[ROOT] * (one - local[USED]));
        emit.always(local[ROOT] * local[LEAF]);
        emit.always(local[ROOT] * (local[KEY] - one));
        emit.always(local[ROOT] * local[LEVEL]);

        // Leaves are at the last level; every child of another node is touched or kept.
        emit.always(local[LEAF] * (one - local[USED]));
        emit.always(local[LEAF] * (local[LEVEL] - A::constant(LEAF_LEVEL)));
        for child in 0..2 {
            let (touched, kept) = (local[TOUCHED + child], local[KEPT + child]);
            emit.always(touched + kept - (local[USED] - local[LEAF]));
            for i in INPUT + 4 * child..INPUT + 4 * child + 4 {
                emit.transition(old * kept * (next[i] - local[i]));
            }
        }
        for word in 0..LEAF_WORDS {
            emit.always(old * local[TIME + word]);
        }

        let state = std::array::from_fn(|i| {
            if i < LEAF_WORDS {
                local[INPUT + i]
            } else {
                A::zero()
            }
        });
        let cubes = &local[CUBE..CUBE + SBOXES];
        let outputs = &local[OUTPUT..OUTPUT + SBOXES];
        let hashed = poseidon::constrain(state, cubes, outputs, emit);
        let (old_root, new_root) = row.public.split_at(4);
        for ((&hashed, &before), &after) in hashed.iter().zip(old_root).zip(new_root) {
            emit.always(local[ROOT] * old * (hashed - before));
            emit.always(local[ROOT] * new * (hashed - after));
        }
    }
}

/// The words of a leaf on the memory bus: given by the old tree, taken by the new one.
pub(super) fn bus() -> Vec<Entry> {
    let sign = Combination::new([(NEW, -F::TWO)], F::ONE);
    let word = |word: usize| {
        let address = Combination::new(
            [(KEY, F::from_canonical_usize(4 * LEAF_WORDS))],
            F::from_canonical_usize(4 * word) - BUS_BASE,
        );
        let value = Combination::column(INPUT + word);
        Entry {
            tuple: vec![address, value, Combination::column(TIME + word)],
            count: vec![Combination::column(LEAF), sign.clone()],
        }
    };
    (0..LEAF_WORDS).map(word).collect()
}

/// The digests of nodes on the tree bus: a node gives its own and takes those of the children that are touched.
pub(super) fn digests() -> Vec<Entry> {
    let last = OUTPUT + SBOXES - SPONGE_WIDTH;
    let key_and_level =
        |key: Combination, level: Combination| vec![key, level, Combination::column(NEW)];
    let mut own = key_and_level(Combination::column(KEY), Combination::column(LEVEL));
    own.extend(poseidon::digest_factors().map(|factors| {
        let terms = factors.iter().enumerate();
        let terms = terms.map(|(i, &factor)| (last + i, F::from_canonical_u64(factor)));
        Combination::new(terms, F::ZERO)
    }));
    let mut entries = vec![Entry {
        tuple: own,
        count: vec![Combination::new(
            [(USED, F::ONE), (ROOT, F::NEG_ONE)],
            F::ZERO,
        )],
    }];
    for child in 0..2 {
        let key = Combination::new([(KEY, F::TWO)], F::from_canonical_usize(child));
        // The root's right child, the top of the registers, is at a level of its own.
        let skipped = F::from_canonical_u64((REGISTER_LEVEL - 1) * child as u64);
        let level = Combination::new([(LEVEL, F::ONE), (ROOT, skipped)], F::ONE);
        let mut tuple = key_and_level(key, level);
        tuple.extend((0..4).map(|i| Combination::column(INPUT + 4 * child + i)));
        entries.push(Entry {
            tuple,
            count: vec![Combination::column(TOUCHED + child).negated()],
        });
    }
    entries
}
