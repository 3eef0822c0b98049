//! The graph before it is funded: every output, weight, fee and amount, but no outpoint.
//!
//! # Who is bound by what
//! - Every output but the challengers' stakes has the signers' aggregate key as internal key. By key path it moves only
//!   in transactions that all signers have signed in advance.
//! - A reveal leaf asks for all signers' signature too, so an answer is spent only in its own pre-signed transaction and
//!   a witness seen in a mempool is of no use elsewhere.
//! - A refuting leaf asks for the challenger's signature, which is made when the leaf is spent: pre-signing would need one
//!   signature for each of hundreds of leaves. In the pre-signed Disprove the input of the finalizer commits to the
//!   output of the reveal as another input and to all outputs, so the operator's bond moves only where a leaf accepts.
//!   The operator cannot spend the leaf away, since it lacks the challenger's key. The challenger could spend it in a
//!   transaction of its own: then it takes its own bond, after a true refutation, and leaves the operator's alone.
//!   That is what Recover does, which nobody has to sign in advance.
//! - Payouts and slashing transactions all spend the finalizer, the first output of the claim: one excludes the others.
//!
//! # Several challengers
//! Each potential challenger has a dispute of its own, all open at the same time: a challenger who works for the operator
//! can lose its own dispute, but not stand in the way of another. The payout of a challenged claim has to wait until all
//! disputes must have ended; an unchallenged claim is paid out after the challenge period, by a transaction that spends
//! every challenger's connector. When a second challenger wins after the operator's bond is gone, it takes its own
//! bond back (Withdraw or Recover).

use std::collections::BTreeMap;

use bitcoin::key::{Secp256k1, XOnlyPublicKey};
use bitcoin::transaction::Version;
use bitcoin::{
    Amount, OutPoint, ScriptBuf, Sequence, TapNodeHash, Transaction, TxIn, TxOut, Weight, Witness,
    absolute,
};

use crate::graph::name::{DisputeTx, Move, Party, Stage, TxName};
use crate::graph::node::Unlock;
use crate::graph::output::{Connector, anchor, burn, leaf_node};
use crate::graph::schedule::{MoveSpec, Next, Schedule, window};
use crate::graph::setup::{DisputeSetup, Setup, SetupError};
use crate::keys::deposit::Deposit;
use crate::params::{ParamsError, TAPROOT_DUST};
use crate::reveal::RevealLeaf;

/// Largest version 3 (TRUC) transaction, in virtual bytes.
pub const TRUC_VBYTES: u64 = 10_000;

/// Where an input's output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An output of another transaction of the graph.
    Graph(TxName, u32),
    /// The depositor's output.
    Deposit,
    /// The operator's stake.
    OperatorStake,
    /// A challenger's stake, by its number from 1.
    ChallengerStake(u8),
}

/// An input before its outpoint is known.
#[derive(Clone, Debug)]
pub(crate) struct TemplateInput {
    pub(crate) source: Source,
    pub(crate) unlock: Unlock,
    pub(crate) sequence: Sequence,
}

/// A transaction before its outpoints and amounts are known.
///
/// The first output gets what the inputs have and neither the other outputs nor the fee take.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) name: TxName,
    pub(crate) version: Version,
    pub(crate) inputs: Vec<TemplateInput>,
    pub(crate) rest: ScriptBuf,
    pub(crate) fixed: Vec<TxOut>,
    pub(crate) weight: Weight,
}

impl Template {
    fn new(name: TxName, inputs: Vec<TemplateInput>, rest: ScriptBuf, fixed: Vec<TxOut>) -> Self {
        let mut template = Self {
            name,
            version: Version(3),
            inputs,
            rest,
            fixed,
            weight: Weight::ZERO,
        };
        let witnesses: usize = template
            .inputs
            .iter()
            .map(|input| input.unlock.worst_witness().weight())
            .sum();
        let base = template.transaction(0, |_| OutPoint::null()).base_size();
        const MARKER_AND_FLAG: usize = 2;
        template.weight = Weight::from_wu((4 * base + MARKER_AND_FLAG + witnesses) as u64);
        if template.weight.to_vbytes_ceil() > TRUC_VBYTES {
            template.version = Version::TWO;
        }
        template
    }

    pub(crate) fn transaction(
        &self,
        rest: u64,
        outpoint: impl Fn(Source) -> OutPoint,
    ) -> Transaction {
        let input = |input: &TemplateInput| TxIn {
            previous_output: outpoint(input.source),
            script_sig: ScriptBuf::new(),
            sequence: input.sequence,
            witness: Witness::new(),
        };
        let mut output = vec![TxOut {
            value: Amount::from_sat(rest),
            script_pubkey: self.rest.clone(),
        }];
        output.extend(self.fixed.iter().cloned());
        Transaction {
            version: self.version,
            lock_time: absolute::LockTime::ZERO,
            input: self.inputs.iter().map(input).collect(),
            output,
        }
    }

    fn fixed_sum(&self) -> u64 {
        self.fixed.iter().map(|output| output.value.to_sat()).sum()
    }
}

/// The transactions of a game, complete but for the outpoints that fund it.
#[derive(Clone, Debug)]
pub struct Blueprint {
    setup: Setup,
    schedule: Schedule,
    internal_key: XOnlyPublicKey,
    deposit: Deposit,
    operator_stake: TxOut,
    challenger_stakes: Vec<TxOut>,
    templates: Vec<Template>,
}

impl Blueprint {
    /// Lays out the graph of a game.
    ///
    /// # Errors
    /// Parameters, keys or amounts are refused.
    pub fn new(setup: Setup) -> Result<Self, SetupError> {
        setup.validate()?;
        let schedule = Schedule::new(&setup.params);
        let internal_key = setup.aggregate()?.internal_key();
        let amounts = &setup.params.amounts;
        let deposit = Amount::from_sat(amounts.deposit);
        let deposit = Deposit::new(
            internal_key,
            setup.depositor,
            setup.params.locks.refund,
            deposit,
        )?;
        let layout = Layout {
            setup: &setup,
            schedule: &schedule,
            internal_key,
        };

        let (claim, claim_output) = layout.claim()?;
        let claim_fee = amounts.fee(claim.weight.to_vbytes_ceil());
        let operator_stake =
            claim_output.pay(amounts.operator_bond + claim.fixed_sum() + claim_fee);
        let mut templates = vec![claim];
        templates.extend(layout.payouts(&deposit));
        let mut challenger_stakes = Vec::new();
        for (index, keys) in setup.disputes.iter().enumerate() {
            let dispute = layout.dispute(index as u8 + 1, keys)?;
            let stake = layout.stake(&dispute)?;
            challenger_stakes.push(TxOut {
                value: Amount::from_sat(stake),
                script_pubkey: key_output(setup.signers[index + 1].x_only()),
            });
            templates.extend(dispute);
        }
        Ok(Self {
            schedule,
            internal_key,
            deposit,
            operator_stake,
            challenger_stakes,
            templates,
            setup,
        })
    }

    /// What the signers agreed on.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The moves of a dispute.
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The signers' aggregate key.
    pub fn internal_key(&self) -> XOnlyPublicKey {
        self.internal_key
    }

    /// The deposit's output and spending conditions.
    pub fn deposit(&self) -> &Deposit {
        &self.deposit
    }

    /// The output that the operator sets aside for its claim: its bond, the connectors and the claim's fee.
    pub fn operator_stake(&self) -> &TxOut {
        &self.operator_stake
    }

    /// The outputs that the challengers set aside, in order: bond and the fees of the longest dispute.
    pub fn challenger_stakes(&self) -> &[TxOut] {
        &self.challenger_stakes
    }

    pub(crate) fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// Worst weights of all transactions.
    pub fn weights(&self) -> impl Iterator<Item = (TxName, Weight)> + '_ {
        self.templates
            .iter()
            .map(|template| (template.name, template.weight))
    }
}

/// The Taproot output of a single key.
pub(crate) fn key_output(key: XOnlyPublicKey) -> ScriptBuf {
    ScriptBuf::new_p2tr(&Secp256k1::verification_only(), key, None)
}

/// The finalizer is the first output of the claim; a challenger's connector has the challenger's number.
const FINALIZER: Source = Source::Graph(TxName::Claim, 0);

struct Layout<'a> {
    setup: &'a Setup,
    schedule: &'a Schedule,
    internal_key: XOnlyPublicKey,
}

/// The outputs that the next move spends, with the leaves in them.
struct Outputs {
    connectors: Vec<Connector>,
    above: Vec<TapNodeHash>,
}

impl Layout<'_> {
    fn plain(&self) -> Connector {
        Connector::new(self.internal_key, None)
    }

    fn finalizer(&self, sequence: Sequence) -> TemplateInput {
        TemplateInput {
            source: FINALIZER,
            unlock: Unlock::Signers { root: None },
            sequence,
        }
    }

    fn claim(&self) -> Result<(Template, Connector), SetupError> {
        let key = self.setup.signers[0].x_only();
        let leaf = RevealLeaf::operator(&self.setup.claim_keys, &Schedule::CLAIM, &[], key)?;
        let connector = Connector::new(self.internal_key, Some(leaf_node(leaf.script())));
        let control = connector.control_block(&[]);
        let input = TemplateInput {
            source: Source::OperatorStake,
            unlock: Unlock::Claim { leaf, control },
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        };
        let mut fixed = vec![self.plain().pay(TAPROOT_DUST); self.setup.params.challengers()];
        fixed.push(anchor());
        let rest = self.plain().script_pubkey().clone();
        Ok((
            Template::new(TxName::Claim, vec![input], rest, fixed),
            connector,
        ))
    }

    fn payouts(&self, deposit: &Deposit) -> [Template; 2] {
        let locks = &self.setup.params.locks;
        let deposit = TemplateInput {
            source: Source::Deposit,
            unlock: Unlock::Signers {
                root: Some(deposit.merkle_root()),
            },
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        };
        let payout = |name, lock: u16, connectors: usize| {
            let mut inputs = vec![self.finalizer(Sequence::from_height(lock)), deposit.clone()];
            inputs.extend((1..=connectors as u32).map(|vout| TemplateInput {
                source: Source::Graph(TxName::Claim, vout),
                unlock: Unlock::Signers { root: None },
                sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
            }));
            Template::new(
                name,
                inputs,
                self.setup.signers[0].payout.clone(),
                vec![anchor()],
            )
        };
        let late = self
            .setup
            .params
            .payout_lock(self.schedule)
            .min(u32::from(u16::MAX)) as u16;
        [
            payout(
                TxName::Payout,
                locks.challenge_period,
                self.setup.params.challengers(),
            ),
            payout(TxName::PayoutAfterDispute, late, 0),
        ]
    }

    /// The leaves of a move's inputs.
    fn leaves(&self, keys: &DisputeSetup, spec: &MoveSpec) -> Result<Vec<RevealLeaf>, SetupError> {
        if spec.name.by() == Party::Challenger {
            return Ok(vec![RevealLeaf::challenger(
                &keys.keys,
                &spec.selects,
                self.internal_key,
            )?]);
        }
        let mut leaves = Vec::new();
        for (input, slots) in spec.slots.iter().enumerate() {
            let copies = if input == 0 {
                spec.copies.as_slice()
            } else {
                &[]
            };
            leaves.push(RevealLeaf::operator(
                &keys.keys,
                slots,
                copies,
                self.internal_key,
            )?);
        }
        Ok(leaves)
    }

    fn spec(&self, name: Move) -> &MoveSpec {
        self.schedule.get(name).unwrap_or(&self.schedule.moves()[0])
    }
}

impl Layout<'_> {
    fn outputs(&self, keys: &DisputeSetup, spec: &MoveSpec) -> Result<Outputs, SetupError> {
        let connector = |root| Connector::new(self.internal_key, Some(root));
        let leaf = |name| -> Result<TapNodeHash, SetupError> {
            Ok(leaf_node(self.leaves(keys, self.spec(name))?[0].script()))
        };
        Ok(match spec.next {
            Next::Move(next) => {
                let leaves = self.leaves(keys, self.spec(next))?;
                let connectors = leaves
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
                    leaf(Move::SelectPath)?,
                    leaf(Move::SelectAccess)?,
                );
                let root = TapNodeHash::from_node_hashes(pair, keys.trees.step.root);
                Outputs {
                    connectors: vec![connector(root)],
                    above: vec![pair],
                }
            }
            Next::Disprove(stage) => Outputs {
                connectors: vec![connector(keys.trees.get(stage).root)],
                above: Vec::new(),
            },
        })
    }

    /// The branch of a move's leaf in the output that it spends.
    fn branch(&self, keys: &DisputeSetup, name: Move) -> Result<Vec<TapNodeHash>, SetupError> {
        let other = match name {
            Move::SelectPath => Move::SelectAccess,
            Move::SelectAccess => Move::SelectPath,
            _ => return Ok(Vec::new()),
        };
        let sibling = leaf_node(self.leaves(keys, self.spec(other))?[0].script());
        Ok(vec![sibling, keys.trees.step.root])
    }

    /// All transactions of the dispute with one challenger.
    fn dispute(&self, challenger: u8, keys: &DisputeSetup) -> Result<Vec<Template>, SetupError> {
        let mut templates = Vec::new();
        let mut previous: BTreeMap<Move, Move> = BTreeMap::new();
        for spec in self.schedule.moves() {
            for answer in self.schedule.answers(spec.name) {
                previous.insert(answer, spec.name);
            }
        }
        let mut spent: BTreeMap<Move, Vec<Connector>> = BTreeMap::new();
        for spec in self.schedule.moves() {
            let outputs = self.outputs(keys, spec)?;
            let inputs = match previous.get(&spec.name) {
                None => self.challenge_inputs(challenger),
                Some(before) => {
                    let branch = self.branch(keys, spec.name)?;
                    let connectors = spent.get(before).map(Vec::as_slice).unwrap_or_default();
                    let leaves = self.leaves(keys, spec)?;
                    let inputs = leaves.into_iter().zip(connectors).zip(0..);
                    let input = |((leaf, connector), vout): ((RevealLeaf, &Connector), u32)| {
                        TemplateInput {
                            source: Source::Graph(TxName::of(challenger, *before), vout),
                            unlock: Unlock::Reveal {
                                leaf,
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
            templates.extend(self.decisions(challenger, keys, spec, &outputs));
            spent.insert(spec.name, outputs.connectors);
        }
        Ok(templates)
    }

    fn challenge_inputs(&self, challenger: u8) -> Vec<TemplateInput> {
        let input = |source, unlock| TemplateInput {
            source,
            unlock,
            sequence: Sequence::ENABLE_RBF_NO_LOCKTIME,
        };
        let connector = Source::Graph(TxName::Claim, u32::from(challenger));
        vec![
            input(Source::ChallengerStake(challenger), Unlock::Stake),
            input(connector, Unlock::Signers { root: None }),
        ]
    }

    /// The transactions that end the dispute after a move.
    fn decisions(
        &self,
        challenger: u8,
        keys: &DisputeSetup,
        spec: &MoveSpec,
        outputs: &Outputs,
    ) -> Vec<Template> {
        let after = spec.name;
        let party = self.schedule.turn_after(after);
        let pot = Source::Graph(TxName::of(challenger, after), 0);
        let lock = Sequence::from_height(window(&self.setup.params.locks, party));
        let late = TemplateInput {
            source: pot,
            unlock: Unlock::Signers {
                root: outputs.connectors[0].root(),
            },
            sequence: lock,
        };
        let payee = |index: usize| self.setup.signers[index].payout.clone();
        let own = payee(usize::from(challenger));
        let template = |tx, inputs, rest, fixed| {
            Template::new(TxName::Dispute { challenger, tx }, inputs, rest, fixed)
        };
        let mut slashed = Vec::new();
        if self.setup.params.amounts.burned() > 0 {
            slashed.push(burn(self.setup.params.amounts.burned()));
        }
        slashed.push(anchor());
        let bond = self.finalizer(Sequence::ENABLE_RBF_NO_LOCKTIME);
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
                    worst: keys.trees.get(stage).worst.witness(outputs.above.len()),
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
    fn stake(&self, dispute: &[Template]) -> Result<u64, SetupError> {
        let amounts = &self.setup.params.amounts;
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
