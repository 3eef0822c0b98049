//! The tree: leaves are built in lots.
//!
//! Most leaves differ from others in the keys of their slots only: all squares do the same work. So the work of a lot is
//! written once, and proved once: a script that differs from a proved one in nothing that the analysis reads is proved as well.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::plan::Plan;
use super::{CompileError, Limit};
use super::{Compiled, leaf, weigh};
use crate::groth16::registers::Plans;
use crate::leaf::{Draft, Leaf};
use crate::manifest::{LeafEntry, Manifest};
use crate::script::Script;
use crate::tree::{LeafTree, depth};
use crate::winternitz::PublicKey;

/// Leaves by number, each with its entry in the manifest.
type Entries = Vec<(usize, Result<LeafEntry, CompileError>)>;

/// The first leaf of a lot: the others are built like it.
struct Model {
    body: leaf::Body,
    leaf: Leaf,
}

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
        let keys = self.keys_of(&plan, keys);
        let body = leaf::script(&self.program, &plan, &keys, &Plans::default())?;
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
        let plans = Plans::default();
        let built = lots
            .par_iter()
            .map(|lot| self.build(lot, keys, &plans, &each));
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
        let mut lots: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
        for (number, work) in works.into_iter().enumerate() {
            lots.entry(work).or_default().push(number);
        }
        Ok(lots.into_values().collect())
    }

    /// The leaves of a lot. If the first one cannot be built, the others are not.
    fn build(
        &self,
        lot: &[usize],
        keys: &[PublicKey],
        plans: &Plans,
        each: &(impl Fn(usize, &Leaf) + Sync),
    ) -> Entries {
        let entry = |number: usize, leaf: &Leaf| {
            each(number, leaf);
            let depth = depth(number, self.targets.len());
            LeafEntry::new(leaf, depth, self.budget.disprove_weight)
        };
        let Some((first, others)) = lot.split_first() else {
            return vec![];
        };
        let model = match self.model(*first, keys, plans) {
            Ok(model) => model,
            Err(error) => return vec![(*first, Err(error))],
        };
        let mut entries = vec![(*first, Ok(entry(*first, &model.leaf)))];
        entries.par_extend(others.par_iter().map(|number| {
            let leaf = self.leaf_like(&model, *number, keys);
            (*number, leaf.map(|leaf| entry(*number, &leaf)))
        }));
        entries
    }

    fn model(
        &self,
        number: usize,
        keys: &[PublicKey],
        plans: &Plans,
    ) -> Result<Model, CompileError> {
        let plan = self.planner().plan(self.targets[number])?;
        let body = leaf::script(&self.program, &plan, &self.keys_of(&plan, keys), plans)?;
        let leaf = Leaf::new(self.draft_of(&plan, &body, &body.opening))?;
        Ok(Model { body, leaf })
    }

    /// A leaf that does the work of the model.
    fn leaf_like(
        &self,
        model: &Model,
        number: usize,
        keys: &[PublicKey],
    ) -> Result<Leaf, CompileError> {
        let plan = self.planner().plan(self.targets[number])?;
        let opening = leaf::opening(&self.program, &plan, &self.keys_of(&plan, keys));
        let draft = self.draft_of(&plan, &model.body, &opening);
        Ok(model.leaf.with_constants(draft)?)
    }

    fn draft_of(&self, plan: &Plan<'_>, body: &leaf::Body, opening: &Script) -> Draft {
        let script = [opening, &body.work].into_iter().cloned().collect();
        self.draft(plan, script, (body.witness_items, body.max_witness_weight))
    }
}
