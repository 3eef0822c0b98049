//! The tree: leaves are built in lots.
//!
//! Most leaves differ from others in the keys of their slots only: all squares do the same work. So the work of a lot is
//! written once, and proved once: a script that differs from a proved one in nothing that the analysis reads is proved as well.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::plan::Plan;
use super::{CompileError, Limit};
use super::{Compiled, leaf, weigh};
use crate::leaf::{Draft, Leaf};
use crate::manifest::{LeafEntry, Manifest};
use crate::script::Script;
use crate::tree::{LeafTree, depth};
use crate::winternitz::PublicKey;

/// The most leaves of a lot: threads share the work by lots.
const LOT: usize = 8;

/// The leaves of one lot, by number, each with its entry in the manifest.
type Entries = Vec<(usize, Result<LeafEntry, CompileError>)>;

impl Compiled {
    /// One leaf, proved.
    ///
    /// # Errors
    /// There is no leaf of this number, the keys are not those of the slots, or the leaf cannot be proved.
    pub fn leaf(&self, number: usize, keys: &[PublicKey]) -> Result<Leaf, CompileError> {
        self.check_keys(keys)?;
        let target = self.targets.get(number).ok_or(CompileError::NoLeaf {
            number,
            leaves: self.targets.len(),
        })?;
        let plan = self.planner().plan(*target)?;
        let body = leaf::script(&self.program, &plan, &self.keys_of(&plan, keys))?;
        let sizes = (body.witness_items, body.max_witness_weight);
        Ok(Leaf::new(self.draft(&plan, body.script(), sizes))?)
    }

    /// The keys of the slots that a leaf opens.
    fn keys_of<'a>(&self, plan: &Plan<'_>, keys: &'a [PublicKey]) -> Vec<&'a PublicKey> {
        let slots = self.opened(plan).into_iter();
        slots.map(|slot| &keys[slot]).collect()
    }

    /// A leaf before it is proved, with the items and the weight of its witness.
    fn draft(&self, plan: &Plan<'_>, script: Script, witness: (usize, usize)) -> Draft {
        let slots = self.opened(plan).into_iter();
        let planner = self.planner();
        Draft {
            name: planner.name(plan.target),
            kind: plan.target.kind(),
            relation: planner.relation(plan),
            slots: slots
                .map(|slot| self.slots.list[slot].name.clone())
                .collect(),
            script,
            witness_items: witness.0,
            max_witness_weight: witness.1,
        }
    }

    /// The tree over these keys: its leaves are built, proved, shown to `each` with their numbers, hashed and dropped, on all
    /// threads.
    ///
    /// # Errors
    /// A leaf cannot be built, or is heavier than the budget allows.
    pub fn tree(
        &self,
        keys: &[PublicKey],
        each: impl Fn(usize, &Leaf) + Sync,
    ) -> Result<(LeafTree, Manifest), CompileError> {
        self.check_keys(keys)?;
        let lots = self.lots()?;
        let built = lots.par_iter().map(|lot| self.build(lot, keys, &each));
        let mut built: Entries = built.flatten_iter().collect();
        built.sort_unstable_by_key(|(number, _)| *number);
        let entries = built.into_iter().map(|(_, entry)| entry);
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let tree = LeafTree::new(entries.iter().map(|entry| entry.leaf_hash).collect())?;
        let manifest = Manifest::new(&tree, entries)?;
        if let Limit::LeafWeight(limit) = self.budget.limit
            && let Some(heavy) = manifest
                .leaves
                .iter()
                .find(|leaf| leaf.worst_weight > limit)
        {
            return Err(CompileError::LeafTooHeavy {
                name: heavy.name.clone(),
                weight: heavy.worst_weight,
                limit,
            });
        }
        Ok((tree, manifest))
    }

    /// The numbers of all leaves, those together that do the same work.
    fn lots(&self) -> Result<Vec<Vec<usize>>, CompileError> {
        let planner = self.planner();
        let works = self.targets.par_iter().map(|target| {
            let plan = planner.plan(*target)?;
            Ok(weigh::work(&self.program, &plan))
        });
        let works = works.collect::<Result<Vec<_>, CompileError>>()?;
        let mut same: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
        for (number, work) in works.into_iter().enumerate() {
            same.entry(work).or_default().push(number);
        }
        let lots = same.values().flat_map(|numbers| numbers.chunks(LOT));
        Ok(lots.map(<[usize]>::to_vec).collect())
    }

    fn build(
        &self,
        lot: &[usize],
        keys: &[PublicKey],
        each: &(impl Fn(usize, &Leaf) + Sync),
    ) -> Entries {
        let mut model = None;
        let entries = lot.iter().map(|number| {
            let built = self.build_like(&mut model, *number, keys);
            let entry = built.map(|leaf| {
                each(*number, &leaf);
                let depth = depth(*number, self.targets.len());
                LeafEntry::new(&leaf, depth, self.budget.disprove_weight)
            });
            (*number, entry)
        });
        entries.collect()
    }

    /// A leaf that does the work of the model; the first one becomes the model.
    fn build_like(
        &self,
        model: &mut Option<(leaf::Body, Leaf)>,
        number: usize,
        keys: &[PublicKey],
    ) -> Result<Leaf, CompileError> {
        let plan = self.planner().plan(self.targets[number])?;
        let opened = self.keys_of(&plan, keys);
        let draft = |body: &leaf::Body, opening: &Script| {
            let mut script = opening.clone();
            script.extend(&body.work);
            self.draft(&plan, script, (body.witness_items, body.max_witness_weight))
        };
        if let Some((body, proved)) = model {
            let opening = leaf::opening(&self.program, &plan, &opened);
            return Ok(proved.with_constants(draft(body, &opening))?);
        }
        let body = leaf::script(&self.program, &plan, &opened)?;
        let leaf = Leaf::new(draft(&body, &body.opening))?;
        *model = Some((body, leaf.clone()));
        Ok(leaf)
    }
}
