//! Every slot has one value: two openings of one key refute that, whatever they say.
//!
//! An honest operator signs each slot once, so one signature is all that anybody ever has of it, and
//! [`PublicKey::equivocation_script`](crate::winternitz::PublicKey::equivocation_script) accepts nothing that is made of one.
//! Of a selection bit it shows one of two secrets; both together prove the same.

use std::collections::BTreeMap;
use std::fmt;

use crate::bits::BitSecret;
use crate::leaf::LeafKind;
use crate::script;
use crate::script::Script;
use crate::winternitz::Equivocation;

use super::error::PredicateError;
use super::opening::Keys;
use super::predicate::Predicate;
use super::relation::{Refuter, Relation, Stage};
use super::shape::{GameShape, Search};
use super::slot::{Choice, Slot, StepWord};

/// What an operator says once: a value, or a bit of a copied selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A value.
    Slot(Slot),
    /// A bit.
    Choice(Choice),
}

impl Place {
    /// Requires that it was opened twice. `.. [witness] -> .. 1`
    pub(crate) fn script(self, keys: &Keys) -> Result<Script, PredicateError> {
        let twice = match self {
            Self::Slot(slot) => keys.slot(slot)?.equivocation_script(),
            Self::Choice(choice) => {
                let key = keys.choice(choice)?;
                script! { {key.require_script(true)} {key.require_script(false)} }
            }
        };
        Ok(script! { {twice} 1 })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slot(slot) => slot.fmt(f),
            Self::Choice(choice) => choice.fmt(f),
        }
    }
}

/// What an operator was seen to open twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Equivocations {
    slots: BTreeMap<Slot, Equivocation>,
    choices: BTreeMap<Choice, [BitSecret; 2]>,
}

impl Equivocations {
    /// Notes two values of a slot.
    pub fn set(&mut self, slot: Slot, equivocation: Equivocation) {
        self.slots.insert(slot, equivocation);
    }

    /// Notes both secrets of a selection bit: what says 0 and what says 1.
    pub fn set_choice(&mut self, choice: Choice, secrets: [BitSecret; 2]) {
        self.choices.insert(choice, secrets);
    }

    /// Whether nothing was opened twice.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.choices.is_empty()
    }

    /// Whether this was opened twice.
    pub fn contains(&self, place: Place) -> bool {
        match place {
            Place::Slot(slot) => self.slots.contains_key(&slot),
            Place::Choice(choice) => self.choices.contains_key(&choice),
        }
    }

    /// The witness of the leaf for this place, bottom first.
    pub(crate) fn witness(
        &self,
        place: Place,
        shape: &GameShape,
    ) -> Result<Vec<Vec<u8>>, PredicateError> {
        let missing = PredicateError::MissingEquivocation(place);
        match place {
            Place::Slot(slot) => {
                let twice = self.slots.get(&slot).ok_or(missing)?;
                Ok(twice.witness(slot.shape(shape.digest)))
            }
            Place::Choice(choice) => {
                let secrets = self.choices.get(&choice).ok_or(missing)?;
                Ok(secrets.iter().map(|secret| secret.to_vec()).collect())
            }
        }
    }
}

/// The relations of this family: a place's leaf is spent once it was published, or in the next stage after that.
pub(crate) fn relations(shape: &GameShape) -> Vec<Relation> {
    let families = [
        (Stage::Step, step_places(shape)),
        (Stage::Path, path_places(shape)),
        (Stage::Access, access_places(shape)),
    ];
    let relations = families
        .into_iter()
        .flat_map(|(stage, places)| places.into_iter().map(move |place| once(stage, place)));
    relations.collect()
}

fn once(stage: Stage, place: Place) -> Relation {
    Relation {
        name: format!("equivocation/{place}"),
        kind: LeafKind::State,
        stage,
        text: format!("{place} has one value"),
        conditions: Predicate::new(),
        refuter: Refuter::Equivocation(place),
    }
}

/// The claim, the salt, the trace search and the step.
fn step_places(shape: &GameShape) -> Vec<Place> {
    let mut slots = vec![Slot::Input, Slot::Output, Slot::Steps, Slot::Salt];
    slots.extend(
        boundaries(&shape.trace_bits).map(|(round, boundary)| Slot::Trace { round, boundary }),
    );
    slots.extend(StepWord::ALL.map(Slot::Step));
    slots.extend(Slot::STEP_DIGESTS);
    let choices = shape.index_choices().into_iter().map(|(choice, _)| choice);
    places(slots, choices)
}

fn path_places(shape: &GameShape) -> Vec<Place> {
    let nodes = boundaries(&shape.path_bits).flat_map(|(round, boundary)| {
        [
            Slot::PathOld { round, boundary },
            Slot::PathNew { round, boundary },
        ]
    });
    let kind = (0..2).map(|bit| Choice::PathKind { bit });
    let rounds = Search::new(&shape.path_bits);
    let parts = rounds.rounds().flat_map(|round| {
        (0..round.bits).map(move |bit| Choice::Path {
            round: round.number,
            bit,
        })
    });
    places(
        nodes.chain([Slot::Sibling, Slot::PathAddr]),
        kind.chain(parts),
    )
}

fn access_places(shape: &GameShape) -> Vec<Place> {
    let levels = shape.digest.register_levels() as u8;
    let mut slots: Vec<Slot> = (0..shape.digest.chunk_words() as u8)
        .map(Slot::Chunk)
        .collect();
    slots.extend((0..levels).map(Slot::LevelSibling));
    slots.extend((1..=levels).flat_map(|level| [Slot::GprOld(level), Slot::GprNew(level)]));
    slots.extend([Slot::FileBefore, Slot::MemoryRoot]);
    places(slots, (0..2).map(|bit| Choice::AccessKind { bit }))
}

fn places(
    slots: impl IntoIterator<Item = Slot>,
    choices: impl IntoIterator<Item = Choice>,
) -> Vec<Place> {
    let slots = slots.into_iter().map(Place::Slot);
    slots
        .chain(choices.into_iter().map(Place::Choice))
        .collect()
}

/// The boundaries that are disclosed in each round of a search.
fn boundaries(round_bits: &[u8]) -> impl Iterator<Item = (u8, u16)> {
    let rounds = (1..).zip(round_bits);
    rounds.flat_map(|(round, bits)| (1..1u16 << bits).map(move |boundary| (round, boundary)))
}
