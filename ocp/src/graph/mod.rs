//! The transactions of a game: their names, the moves they make, their outputs, amounts and signatures.

pub mod blueprint;
mod dispute;
mod layout;
pub mod name;
pub mod node;
pub mod output;
pub mod schedule;
pub mod setup;
mod template;
pub mod tree;

use std::collections::{BTreeMap, HashMap, HashSet};

use bitcoin::{OutPoint, TxOut, Txid};

use crate::graph::blueprint::Blueprint;
use crate::graph::name::TxName;
use crate::graph::node::Node;
use crate::graph::setup::{Funding, SetupError};
use crate::graph::template::{Source, Template};

pub use crate::graph::template::TRUC_VBYTES;

/// All transactions of a funded game.
#[derive(Clone, Debug)]
pub struct Graph {
    blueprint: Blueprint,
    funding: Funding,
    nodes: BTreeMap<TxName, Node>,
    names: HashMap<Txid, TxName>,
}

impl Graph {
    /// Completes a blueprint with the outpoints that fund it.
    ///
    /// # Errors
    /// A stake is missing, or an outpoint is used twice.
    pub fn new(blueprint: Blueprint, funding: Funding) -> Result<Self, SetupError> {
        let expected = blueprint.challenger_stakes().len();
        let got = funding.challenger_stakes.len();
        if got != expected {
            return Err(SetupError::Count {
                what: "challengers' stakes",
                got,
                expected,
            });
        }
        let mut seen = HashSet::new();
        let outpoints = [funding.deposit, funding.operator_stake];
        if let Some(&twice) = outpoints
            .iter()
            .chain(&funding.challenger_stakes)
            .find(|&&one| !seen.insert(one))
        {
            return Err(SetupError::DuplicateFunding(twice));
        }
        let mut assembly = Assembly {
            blueprint: &blueprint,
            funding: &funding,
            nodes: BTreeMap::new(),
        };
        for template in blueprint.templates() {
            assembly.add(template);
        }
        let nodes = assembly.nodes;
        let names = nodes
            .values()
            .map(|node| (node.transaction.compute_txid(), node.name))
            .collect();
        Ok(Self {
            nodes,
            names,
            blueprint,
            funding,
        })
    }

    /// Scripts, amounts and the set-up.
    pub fn blueprint(&self) -> &Blueprint {
        &self.blueprint
    }

    /// The outputs that fund the game.
    pub fn funding(&self) -> &Funding {
        &self.funding
    }

    /// All transactions, in order of their names.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values()
    }

    /// One transaction, if the game has it.
    pub fn get(&self, name: TxName) -> Option<&Node> {
        self.nodes.get(&name)
    }

    /// The transaction with this id, if it is one of the game's.
    pub fn by_txid(&self, txid: &Txid) -> Option<&Node> {
        self.nodes.get(self.names.get(txid)?)
    }

    /// The finalizer: the output that every payout and every slashing transaction spends.
    pub fn finalizer(&self) -> OutPoint {
        let claim = self
            .nodes
            .get(&TxName::Claim)
            .map(|node| node.transaction.compute_txid());
        OutPoint {
            txid: claim.unwrap_or(self.funding.operator_stake.txid),
            vout: 0,
        }
    }
}

/// Templates become transactions in an order in which every input's transaction is already there.
struct Assembly<'a> {
    blueprint: &'a Blueprint,
    funding: &'a Funding,
    nodes: BTreeMap<TxName, Node>,
}

impl Assembly<'_> {
    fn outpoint(&self, source: Source) -> OutPoint {
        match source {
            Source::Deposit => self.funding.deposit,
            Source::OperatorStake => self.funding.operator_stake,
            Source::ChallengerStake(challenger) => {
                self.funding.challenger_stakes[usize::from(challenger) - 1]
            }
            Source::Graph(name, vout) => OutPoint {
                txid: self.nodes[&name].transaction.compute_txid(),
                vout,
            },
        }
    }

    fn prevout(&self, source: Source) -> TxOut {
        match source {
            Source::Deposit => self.blueprint.deposit().output(),
            Source::OperatorStake => self.blueprint.operator_stake().clone(),
            Source::ChallengerStake(challenger) => {
                self.blueprint.challenger_stakes()[usize::from(challenger) - 1].clone()
            }
            Source::Graph(name, vout) => {
                self.nodes[&name].transaction.output[vout as usize].clone()
            }
        }
    }

    fn add(&mut self, template: &Template) {
        let prevouts: Vec<TxOut> = template
            .inputs
            .iter()
            .map(|input| self.prevout(input.source))
            .collect();
        let available: u64 = prevouts.iter().map(|output| output.value.to_sat()).sum();
        let fee = self
            .blueprint
            .setup()
            .params
            .amounts
            .fee(template.weight.to_vbytes_ceil());
        let fixed: u64 = template
            .fixed
            .iter()
            .map(|output| output.value.to_sat())
            .sum();
        let transaction =
            template.transaction(available - fixed - fee, |source| self.outpoint(source));
        let unlocks = template
            .inputs
            .iter()
            .map(|input| input.unlock.clone())
            .collect();
        let node = Node {
            name: template.name,
            transaction,
            prevouts,
            unlocks,
            worst_weight: template.weight,
        };
        self.nodes.insert(template.name, node);
    }
}
