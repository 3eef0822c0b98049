//! The rows of the memory table.

use std::collections::{BTreeMap, HashMap};

use plonky2::field::polynomial::PolynomialValues;
use plonky2::field::types::Field;
use plonky2::hash::poseidon::SPONGE_WIDTH;
use starky::util::trace_rows_to_poly_values;

use super::tree::{LEAF_WORDS, Leaf, Tree, ancestors, block, leaf_block, level};
use super::{
    COLUMNS, CUBE, INPUT, KEPT, KEY, LEAF, LEVEL, NEW, OUTPUT, ROOT, TIME, TOUCHED, USED, poseidon,
};
use crate::stark::F;

/// A leaf that a segment touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its words before the segment.
    pub old: Leaf,
    /// Its words after it.
    pub new: Leaf,
    /// When each word was last accessed, 0 if it was not.
    pub times: [u64; LEAF_WORDS],
}

/// The table of a segment that touches `accesses`. Brings `tree` from the state before it to the state after it. The
/// table has at least `rows` rows, a power of two.
pub fn trace(
    tree: &mut Tree,
    accesses: &BTreeMap<u64, Access>,
    rows: usize,
) -> Vec<PolynomialValues<F>> {
    let nodes = ancestors(accesses.keys().copied());
    let touched = |key: u64| nodes.contains(&key) || accesses.contains_key(&key);
    let children = |tree: &Tree, key: u64| block(tree.node(2 * key), tree.node(2 * key + 1));
    let old: HashMap<u64, [F; 8]> = nodes
        .iter()
        .map(|&key| (key, children(tree, key)))
        .collect();
    tree.update(
        &accesses
            .iter()
            .map(|(&key, access)| (key, access.new))
            .collect(),
    );

    let count = 2 * (nodes.len() + accesses.len());
    let height = rows.max(count.next_power_of_two());
    let mut table = Vec::with_capacity(height);
    for &key in &nodes {
        for (new, input) in [(false, old[&key]), (true, children(tree, key))] {
            let mut row = hashed(key, new, input);
            row[ROOT] = F::from_bool(key == 1);
            for child in 0..2 {
                let is_touched = touched(2 * key + child as u64);
                row[TOUCHED + child] = F::from_bool(is_touched);
                row[KEPT + child] = F::from_bool(!is_touched);
            }
            table.push(row);
        }
    }
    for (&key, access) in accesses {
        for (new, words) in [(false, &access.old), (true, &access.new)] {
            let mut row = hashed(key, new, leaf_block(words));
            row[LEAF] = F::ONE;
            if new {
                for (word, &time) in access.times.iter().enumerate() {
                    row[TIME + word] = F::from_canonical_u64(time);
                }
            }
            table.push(row);
        }
    }
    let mut filler = hashed(0, false, [F::ZERO; 8]);
    filler[LEVEL] = F::ZERO;
    filler[USED] = F::ZERO;
    while table.len() < height {
        filler[NEW] = F::from_bool(table.len() % 2 == 1);
        table.push(filler);
    }
    trace_rows_to_poly_values(table)
}

/// The columns that every row has.
fn hashed(key: u64, new: bool, input: [F; 8]) -> [F; COLUMNS] {
    let mut row = [F::ZERO; COLUMNS];
    row[KEY] = F::from_canonical_u64(key);
    row[LEVEL] = F::from_canonical_u64(level(key.max(1)));
    row[USED] = F::ONE;
    row[NEW] = F::from_bool(new);
    row[INPUT..INPUT + 8].copy_from_slice(&input);
    let mut state = [F::ZERO; SPONGE_WIDTH];
    state[..8].copy_from_slice(&input);
    let (cubes, outputs, _) = poseidon::witness(state);
    row[CUBE..CUBE + cubes.len()].copy_from_slice(&cubes);
    row[OUTPUT..OUTPUT + outputs.len()].copy_from_slice(&outputs);
    row
}
