//! The transactions of the dispute with one challenger.

use std::collections::BTreeMap;

use bitcoin::{Sequence, TapNodeHash, TxOut};

use crate::graph::layout::{FINALIZER, Layout};
use crate::graph::name::{DisputeTx, Move, Party, Stage, TxName};
use crate::graph::node::Unlock;
use crate::graph::output::{Connector, anchor, burn, leaf_node};
use crate::graph::schedule::{MoveSpec, Next, window};
use crate::graph::setup::{DisputeSetup, SetupError};
use crate::graph::template::{Source, Template, TemplateInput};
use crate::params::{ParamsError, TAPROOT_DUST};
use crate::reveal::RevealLeaf;

/// The outputs that the next move spends, with the leaves in them.
struct Outputs {
    connectors: Vec<Connector>,
    above: Vec<TapNodeHash>,
}

/// One dispute: its keys and the reveal leaves of its moves.
pub(crate) struct Dispute<'a> {
    layout: &'a Layout<'a>,
    challenger: u8,
    keys: &'a DisputeSetup,
    leaves: BTreeMap<Move, Vec<RevealLeaf>>,
    /// The output of the claim that the challenge spends.
    challenged: Connector,
}

impl<'a> Dispute<'a> {
    pub(crate) fn new(
        layout: &'a Layout<'a>,
        challenger: u8,
        keys: &'a DisputeSetup,
    ) -> Result<Self, SetupError> {
        let (challenge, challenged) = layout.challenge(challenger)?;
        let mut leaves = BTreeMap::from([(Move::Challenge, vec![challenge])]);
        for spec in layout.schedule.moves() {
            if spec.name != Move::Challenge {
                leaves.insert(spec.name, reveal_leaves(layout, keys, spec)?);
            }
        }
        Ok(Self {
            layout,
            challenger,
            keys,
            leaves,
            challenged,
        })
    }

    /// The hash of the only leaf of a move by which a challenger selects.
    fn selection(&self, name: Move) -> TapNodeHash {
        leaf_node(self.leaves[&name][0].script())
    }

    fn outputs(&self, spec: &MoveSpec) -> Outputs {
        let connector = |root| Connector::new(self.layout.internal_key, Some(root));
        match spec.next {
            Next::Move(next) => {
                let connectors = self.leaves[&next]
                    .iter()
                    .map(|leaf| connector(leaf_node(leaf.script())))
                    .collect();
                Outputs {
                    connectors,
                    above: Vec::new(),
                }
            }
            Next::StepDecision => {
                let pair = TapNodeHash::from_node_hashes(
                    self.selection(Move::SelectPath),
                    self.selection(Move::SelectAccess),
                );
                let root = TapNodeHash::from_node_hashes(pair, self.keys.trees.step.root);
                Outputs {
                    connectors: vec![connector(root)],
                    above: vec![pair],
                }
            }
            Next::Disprove(stage) => Outputs {
                connectors: vec![connector(self.keys.trees.get(stage).root)],
                above: Vec::new(),
            },
        }
    }

    /// The branch of a move's leaf in the output that it spends.
    fn branch(&self, name: Move) -> Vec<TapNodeHash> {
        let other = match name {
            Move::SelectPath => Move::SelectAccess,
            Move::SelectAccess => Move::SelectPath,
            _ => return Vec::new(),
        };
        vec![self.selection(other), self.keys.trees.step.root]
    }

    /// All transactions of the dispute. What a transaction spends from comes before it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        let challenger = self.challenger;
        let mut templates = Vec::new();
        let mut previous: BTreeMap<Move, Move> = BTreeMap::new();
        for spec in self.layout.schedule.moves() {
            for answer in self.layout.schedule.answers(spec.name) {
                previous.insert(answer, spec.name);
            }
        }
        let mut spent: BTreeMap<Move, Vec<Connector>> = BTreeMap::new();
        for spec in self.layout.schedule.moves() {
            let outputs = self.outputs(spec);
            let inputs = match previous.get(&spec.name) {
                None => self.challenge_inputs(),
                Some(before) => {
                    let branch = self.branch(spec.name);
                    let connectors = spent.get(before).map(Vec::as_slice).unwrap_or_default();
                    let inputs = self.leaves[&spec.name].iter().zip(connectors).zip(0..);
                    let input = |((leaf, connector), vout): ((&RevealLeaf, &Connector), u32)| {
                        TemplateInput {
                            source: Source::Graph(TxName::of(challenger, *before), vout),
                            unlock: Unlock::Reveal {
                                leaf: leaf.clone(),
                                control: connector.control_block(&branch),
                            },
                            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
                        }
                    };
                    inputs.map(input).collect()
                }
            };
            let mut fixed: Vec<TxOut> = outputs.connectors[1..]
                .iter()
                .map(|next| next.pay(TAPROOT_DUST))
                .collect();
            fixed.push(anchor());
            let rest = outputs.connectors[0].script_pubkey().clone();
            templates.push(Template::new(
                TxName::of(challenger, spec.name),
                inputs,
                rest,
                fixed,
            ));
            templates.extend(self.decisions(spec, &outputs));
            spent.insert(spec.name, outputs.connectors);
        }
        templates
    }

    fn challenge_inputs(&self) -> Vec<TemplateInput> {
        let challenger = self.challenger;
        let input = |source, unlock| TemplateInput {
            source,
            unlock,
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        };
        let connector = Source::Graph(TxName::Claim, u32::from(challenger));
        vec![
            input(Source::ChallengerStake(challenger), Unlock::Stake),
            input(
                connector,
                Unlock::Reveal {
                    leaf: self.leaves[&Move::Challenge][0].clone(),
                    control: self.challenged.control_block(&[]),
                },
            ),
        ]
    }

    /// The transactions that end the dispute after a move.
    fn decisions(&self, spec: &MoveSpec, outputs: &Outputs) -> Vec<Template> {
        let challenger = self.challenger;
        let after = spec.name;
        let party = self.layout.schedule.turn_after(after);
        let pot = Source::Graph(TxName::of(challenger, after), 0);
        let lock = Sequence::from_height(window(&self.layout.setup.params.locks, party));
        let late = TemplateInput {
            source: pot,
            unlock: Unlock::Signers {
                root: outputs.connectors[0].root(),
            },
            sequence: lock,
        };
        let payee = |index: usize| self.layout.setup.signers[index].payout.clone();
        let own = payee(usize::from(challenger));
        let template = |tx, inputs, rest, fixed| {
            Template::new(TxName::Dispute { challenger, tx }, inputs, rest, fixed)
        };
        let mut slashed = Vec::new();
        if self.layout.setup.params.amounts.burned() > 0 {
            slashed.push(burn(self.layout.setup.params.amounts.burned()));
        }
        slashed.push(anchor());
        let bond = self.layout.finalizer(Sequence::ENABLE_RBF_NO_LOCKTIME);
        let mut templates = match party {
            Party::Operator => vec![
                template(
                    DisputeTx::OperatorTimeout { after },
                    vec![late.clone(), bond.clone()],
                    own.clone(),
                    slashed.clone(),
                ),
                template(
                    DisputeTx::Withdraw { after },
                    vec![late],
                    own.clone(),
                    vec![anchor()],
                ),
            ],
            Party::Challenger => {
                vec![template(
                    DisputeTx::ChallengerTimeout { after },
                    vec![late],
                    payee(0),
                    vec![anchor()],
                )]
            }
        };
        let stage = match spec.next {
            Next::StepDecision => Some(Stage::Step),
            Next::Disprove(stage) => Some(stage),
            Next::Move(_) => None,
        };
        if let Some(stage) = stage {
            let refute = TemplateInput {
                source: pot,
                unlock: Unlock::Refute {
                    stage,
                    connector: outputs.connectors[0].clone(),
                    above: outputs.above.clone(),
                    worst: self
                        .keys
                        .trees
                        .get(stage)
                        .worst
                        .witness(outputs.above.len()),
                },
                sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            };
            templates.push(template(
                DisputeTx::Disprove(stage),
                vec![refute.clone(), bond],
                own.clone(),
                slashed,
            ));
            templates.push(template(
                DisputeTx::Recover(stage),
                vec![refute],
                own,
                vec![anchor()],
            ));
        }
        templates
    }

    /// What a challenger has to set aside so that every end of its dispute returns at least its bond to the winner.
    pub(crate) fn stake(&self, dispute: &[Template]) -> Result<u64, SetupError> {
        let amounts = &self.layout.setup.params.amounts;
        let by_name: BTreeMap<TxName, &Template> = dispute
            .iter()
            .map(|template| (template.name, template))
            .collect();
        let challenger_bond = amounts.challenger_bond;
        // What the pot spent by each transaction must have held, from the last transaction back to the first.
        let mut needed: BTreeMap<TxName, u64> = BTreeMap::new();
        for template in dispute.iter().rev() {
            let TxName::Dispute { challenger, tx } = template.name else {
                continue;
            };
            let after = match tx {
                DisputeTx::Move(name) => by_name
                    .values()
                    .filter(|next| {
                        next.inputs[0].source == Source::Graph(TxName::of(challenger, name), 0)
                    })
                    .filter_map(|next| needed.get(&next.name))
                    .copied()
                    .max()
                    .unwrap_or(challenger_bond),
                DisputeTx::Disprove(_) | DisputeTx::OperatorTimeout { .. } => {
                    challenger_bond + amounts.reward()
                }
                DisputeTx::ChallengerTimeout { .. }
                | DisputeTx::Withdraw { .. }
                | DisputeTx::Recover(_) => challenger_bond,
            };
            let others = template.inputs[1..].iter().map(|input| match input.source {
                FINALIZER => amounts.operator_bond,
                _ => TAPROOT_DUST,
            });
            let fee = amounts.fee(template.weight.to_vbytes_ceil());
            let cost = after + fee + template.fixed_sum();
            needed.insert(template.name, cost.saturating_sub(others.sum()));
        }
        let stake = dispute
            .first()
            .and_then(|challenge| needed.get(&challenge.name))
            .copied()
            .unwrap_or(0);
        let fees = stake - challenger_bond;
        if amounts.reward() < fees {
            return Err(ParamsError::RewardBelowFees {
                reward: amounts.reward(),
                fees,
            }
            .into());
        }
        Ok(stake)
    }
}

/// The leaves of a move's inputs, but for the challenge.
fn reveal_leaves(
    layout: &Layout<'_>,
    keys: &DisputeSetup,
    spec: &MoveSpec,
) -> Result<Vec<RevealLeaf>, SetupError> {
    let signer = layout.internal_key;
    if spec.name.by() == Party::Challenger {
        return Ok(vec![RevealLeaf::select(&keys.keys, &spec.selects, signer)?]);
    }
    let leaf = |input| RevealLeaf::operator(&keys.keys, spec, input, signer);
    Ok((0..spec.slots.len()).map(leaf).collect::<Result<_, _>>()?)
}
