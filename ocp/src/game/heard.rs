//! What the operator was heard to say outside the chain: another opening of one key is enough to slash it.

use bitcoin::Transaction;
use gavel_script_gen::mips::{Equivocations, Place};
use gavel_script_gen::winternitz::{Equivocation, PublicKey};

use crate::game::reading::elements;
use crate::game::{Game, Role};
use crate::graph::name::{DisputeTx, TxName};
use crate::graph::node::Unlock;
use crate::graph::schedule::Schedule;
use crate::reveal::Opening;
use crate::slot::Slot;

/// Openings of one place that are kept: any two that differ prove everything.
const ENOUGH: usize = 2;

impl Game {
    /// Keeps what the operator opens in a transaction that is not, or no longer, in the chain. Returns whether any of it is
    /// new.
    pub(super) fn hear(&mut self, transaction: &Transaction) -> bool {
        let Role::Challenger { number, .. } = self.role else {
            return false;
        };
        let mut known = self.confirmed_openings(number);
        known.extend(self.state.heard.iter().cloned());
        let before = self.state.heard.len();
        for opening in self.openings(number, transaction) {
            let place = opening.place();
            let mut of_place = known.iter().filter(|one| one.place() == place);
            let repeats = of_place.clone().any(|one| one.repeats(&opening));
            if !repeats && of_place.nth(ENOUGH - 1).is_none() {
                known.push(opening.clone());
                self.state.heard.push(opening);
            }
        }
        self.state.heard.len() > before
    }

    /// Drops what the chain says, too.
    pub(super) fn forget_confirmed(&mut self) {
        if let Role::Challenger { number, .. } = self.role
            && !self.state.heard.is_empty()
        {
            let confirmed = self.confirmed_openings(number);
            let in_chain = |one: &Opening| confirmed.iter().any(|other| other.repeats(one));
            self.state.heard.retain(|one| !in_chain(one));
        }
    }

    /// What the operator has opened twice, in the claim and in the dispute with `challenger`.
    pub(super) fn equivocations(&self, challenger: u8) -> Equivocations {
        let mut twice = Equivocations::default();
        if self.state.heard.is_empty() {
            return twice;
        }
        let mut known = self.confirmed_openings(challenger);
        known.extend(self.state.heard.iter().cloned());
        for heard in &self.state.heard {
            let mut others = known.iter().filter(|one| one.place() == heard.place());
            if let Some(other) = others.find(|one| !one.repeats(heard)) {
                self.note(challenger, heard, other, &mut twice);
            }
        }
        twice
    }

    /// Notes what two different openings of one place prove.
    fn note(&self, challenger: u8, one: &Opening, other: &Opening, twice: &mut Equivocations) {
        match (one, other) {
            (
                Opening::Value { slot, signature },
                Opening::Value {
                    signature: other, ..
                },
            ) => {
                let key = self.slot_key(challenger, *slot);
                let found = key.and_then(|key| Equivocation::new(key, signature, other));
                if let Some(found) = found {
                    twice.set(*slot, found);
                }
            }
            (
                Opening::Bit {
                    choice,
                    bit,
                    secret,
                },
                Opening::Bit { secret: other, .. },
            ) => {
                let secrets = if *bit {
                    [*other, *secret]
                } else {
                    [*secret, *other]
                };
                twice.set_choice(*choice, secrets);
            }
            _ => {}
        }
    }

    /// The operator's key of a slot.
    fn slot_key(&self, challenger: u8, slot: Slot) -> Option<&PublicKey> {
        let setup = self.graph.blueprint().setup();
        let keys = if Schedule::CLAIM.contains(&slot) {
            &setup.claim_keys
        } else {
            let dispute = usize::from(challenger).checked_sub(1)?;
            &setup.disputes.get(dispute)?.keys
        };
        keys.slot(slot).ok()
    }

    /// What the operator opens in the chain, as far as it concerns `challenger`.
    fn confirmed_openings(&self, challenger: u8) -> Vec<Opening> {
        let confirmed = self.state.confirmed.iter();
        confirmed
            .flat_map(|one| self.openings(challenger, &one.transaction))
            .collect()
    }

    /// What the operator opens in a transaction, if it is the claim or belongs to the dispute with `challenger`.
    fn openings(&self, challenger: u8, transaction: &Transaction) -> Vec<Opening> {
        let node = self.graph.by_txid(&transaction.compute_txid());
        let Some(node) = node.filter(|node| match node.name {
            TxName::Claim => true,
            TxName::Dispute {
                challenger: of,
                tx: DisputeTx::Move(_),
            } => of == challenger,
            _ => false,
        }) else {
            return Vec::new();
        };
        let inputs = node.unlocks.iter().zip(&transaction.input);
        let openings = inputs.filter_map(|(unlock, input)| {
            let (Unlock::Reveal { leaf, .. } | Unlock::Claim { leaf, .. }) = unlock else {
                return None;
            };
            Some(leaf.openings(&elements(&input.witness)))
        });
        openings.flatten().collect()
    }
}

/// Whether there are two claims: the one case in which even a true claim is challenged.
pub(super) fn claims_differ(twice: &Equivocations) -> bool {
    let mut slots = Schedule::CLAIM.into_iter();
    slots.any(|slot| twice.contains(Place::Slot(slot)))
}
