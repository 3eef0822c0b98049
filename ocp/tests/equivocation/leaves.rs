//! The leaves that refute two openings.

use std::collections::{BTreeMap, BTreeSet};

use gavel_ocp::graph::name::{Move, Stage};
use gavel_ocp::graph::schedule::Schedule;
use gavel_ocp::measure;
use gavel_ocp::slot::Slot;

use crate::common;

/// Every value of the operator and every bit that it copies has its leaf, at the latest in the stage after the one that
/// publishes it.
#[test]
fn every_slot_of_the_schedule_has_a_leaf() {
    let params = common::params();
    let leaves = measure::leaves(&params).unwrap();
    let schedule = Schedule::new(&params);
    let mut expected: BTreeMap<Stage, BTreeSet<String>> = BTreeMap::new();
    let step = expected.entry(Stage::Step).or_default();
    step.extend(Schedule::CLAIM.map(|slot| slot.to_string()));
    step.insert(Slot::Salt.to_string());
    for spec in schedule.moves() {
        let stage = match spec.name {
            Move::DisclosePath { .. } | Move::RevealPath => Stage::Path,
            Move::RevealAccess => Stage::Access,
            _ => Stage::Step,
        };
        let places = expected.entry(stage).or_default();
        places.extend(spec.slots.iter().flatten().map(|slot| slot.to_string()));
        places.extend(spec.copies.iter().map(|choice| choice.to_string()));
    }
    for stage in Stage::ALL {
        let manifest = leaves.manifest(stage, 0);
        let names = manifest.leaves.iter().map(|leaf| leaf.name.clone());
        let found: BTreeSet<String> = names
            .filter_map(|name| name.strip_prefix("equivocation/").map(str::to_owned))
            .collect();
        assert_eq!(Some(&found), expected.get(&stage));
    }
}
