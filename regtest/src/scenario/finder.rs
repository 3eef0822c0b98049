//! A challenger's leaves, which remember what they have refuted.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use bitcoin::{Script, ScriptBuf};
use gavel_ocp::{
    game::{Refuter, view::View},
    graph::{name::Stage, tree::Refutation},
    leaves::{DisputeLeaves, LeavesError},
};
use gavel_script_gen::mips::LeafSet;

/// The names of the leaves that challengers have found, by their scripts.
#[derive(Clone, Debug, Default)]
pub(super) struct Found(Rc<RefCell<BTreeMap<ScriptBuf, String>>>);

impl Found {
    /// The name of the leaf with this script, and the relation that it refutes.
    pub(super) fn describe(&self, script: &Script, set: &LeafSet) -> Option<(String, String)> {
        let name = self.0.borrow().get(script)?.clone();
        let relation = set
            .leaves()
            .find(|leaf| leaf.name() == name)?
            .relation()
            .to_owned();
        Some((name, relation))
    }
}

/// The leaves of one challenger.
pub(super) struct Finder {
    leaves: DisputeLeaves,
    found: Found,
}

impl Finder {
    /// Leaves that note in `found` what they refute.
    pub(super) fn new(leaves: DisputeLeaves, found: Found) -> Self {
        Self { leaves, found }
    }
}

impl Refuter for Finder {
    fn refute(&self, stage: Stage, view: &View) -> Result<Option<Refutation>, LeavesError> {
        let refutation = self.leaves.refute(stage, view)?;
        if let Some(refutation) = &refutation {
            self.found
                .0
                .borrow_mut()
                .insert(refutation.script.clone(), refutation.leaf.clone());
        }
        Ok(refutation)
    }
}
