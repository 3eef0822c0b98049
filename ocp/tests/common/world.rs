//! An execution whose values are hashes, and parties that play about it.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use bitcoin::secp256k1::SecretKey;
use bitcoin::{ScriptBuf, Transaction};
use gavel_ocp::game::state::State;
use gavel_ocp::game::trace::{
    AccessKind, AccessReveal, Claim, PathKind, PathReveal, StepReveal, Trace, TraceError,
};
use gavel_ocp::game::view::View;
use gavel_ocp::game::{Effect, Event, Game, Refuter, Reply, Role};
use gavel_ocp::graph::Graph;
use gavel_ocp::graph::name::{Stage, TxName};
use gavel_ocp::graph::tree::Refutation;
use gavel_ocp::leaves::LeavesError;
use gavel_ocp::presign::{Agenda, Signatures};
use gavel_ocp::sign::PartySecrets;

use super::chain::Chain;

/// What a party holds true, as far as tests distinguish it.
#[derive(Clone, Copy, Debug, Default)]
pub struct TestTrace {
    /// Digests from this position on are false.
    pub false_digests_from: Option<u64>,
    /// This word of every step is false.
    pub false_word: Option<usize>,
    /// Old nodes up to this level are false.
    pub false_old_to: Option<usize>,
    /// New nodes from this level on are false.
    pub false_new_from: Option<usize>,
    /// Any claim is refused.
    pub contrary: bool,
}

const WORDS: usize = 5;
const MEMORY_LEVELS: usize = 28;

fn hash(label: &str, numbers: [u64; 2], lie: bool) -> Vec<u32> {
    let hash = blake3::hash(format!("{label} {numbers:?} {lie}").as_bytes());
    hash.as_bytes()[..4 * WORDS]
        .chunks(4)
        .map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap()))
        .collect()
}

pub fn claim() -> Claim {
    Claim {
        input: hash("input", [0, 0], false),
        output: hash("output", [0, 0], false),
        steps: 3,
    }
}

impl TestTrace {
    fn state(&self, position: u64) -> Vec<u32> {
        let lie = self.false_digests_from.is_some_and(|from| position >= from);
        hash("digest", [position, 0], lie)
    }
}

impl Trace for TestTrace {
    fn holds(&mut self, claimed: &Claim) -> Result<bool, TraceError> {
        Ok(!self.contrary && *claimed == claim())
    }

    fn digests(&mut self, positions: &[u64]) -> Result<Vec<Option<Vec<u32>>>, TraceError> {
        let digests = positions.iter().map(|&position| Some(self.state(position)));
        Ok(digests.collect())
    }

    fn step(&mut self, index: u64) -> Result<StepReveal, TraceError> {
        let word = |number: usize| {
            hash(
                "word",
                [index, number as u64],
                self.false_word == Some(number),
            )[0]
        };
        Ok(StepReveal {
            words: std::array::from_fn(word),
            file_after: hash("file", [index, 0], false),
            state_before: self.state(index),
            state_after: self.state(index + 1),
        })
    }

    fn path(&mut self, index: u64, kind: PathKind) -> Result<PathReveal, TraceError> {
        let label = format!("{kind:?}");
        let old = |level: usize| {
            hash(
                &label,
                [index, level as u64],
                self.false_old_to.is_some_and(|to| level <= to),
            )
        };
        let new = |level: usize| {
            let lie = self.false_new_from.is_some_and(|from| level >= from);
            hash(&label, [index + 1000, level as u64], lie)
        };
        Ok(PathReveal {
            address: 0x1000,
            old: (0..MEMORY_LEVELS + 2).map(old).collect(),
            new: (0..MEMORY_LEVELS + 2).map(new).collect(),
            siblings: (0..MEMORY_LEVELS + 1)
                .map(|level| hash("sibling", [index, level as u64], false))
                .collect(),
        })
    }

    fn access(&mut self, index: u64, _: AccessKind) -> Result<AccessReveal, TraceError> {
        let node = |level: u64| hash("register", [index, level], false);
        Ok(AccessReveal {
            chunk: node(0)[..4].to_vec(),
            level_siblings: (0..3).map(|level| node(10 + level)).collect(),
            gpr_old: (0..3).map(|level| node(20 + level)).collect(),
            gpr_new: (0..3).map(|level| node(30 + level)).collect(),
            file_before: node(40),
            memory_root: node(41),
        })
    }
}

/// Spends the test leaf at some stages, and wherever something was opened twice.
pub struct TestRefuter {
    pub script: ScriptBuf,
    pub stages: Vec<Stage>,
}

impl Refuter for TestRefuter {
    fn refute(&self, stage: Stage, view: &View) -> Result<Option<Refutation>, LeavesError> {
        let spends = self.stages.contains(&stage) || !view.equivocations.is_empty();
        Ok(spends.then(|| Refutation {
            leaf: "test".into(),
            script: self.script.clone(),
            branch: Vec::new(),
            witness: vec![vec![1]],
        }))
    }
}

/// A graph with all signatures; they are made once for all tests of a file.
pub struct World {
    pub graph: Arc<Graph>,
    pub signatures: Arc<Signatures>,
    pub secrets: Vec<PartySecrets>,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let (graph, secrets) = super::graph(&super::params());
        let keys: Vec<SecretKey> = secrets
            .iter()
            .map(|secret| secret.keypair.secret_key())
            .collect();
        let signatures = Agenda::new(&graph).unwrap().run(&keys).unwrap();
        World {
            graph: Arc::new(graph),
            signatures: Arc::new(signatures),
            secrets,
        }
    })
}

impl World {
    pub fn operator(&self, trace: TestTrace, state: State) -> Game {
        let secrets = self.secrets[0].clone();
        Game::new(
            self.graph.clone(),
            self.signatures.clone(),
            secrets,
            Role::Operator,
            Box::new(trace),
            state,
        )
    }

    pub fn challenger(&self, number: u8, trace: TestTrace, stages: &[Stage], state: State) -> Game {
        let secrets = self.secrets[usize::from(number)].clone();
        let refuter = TestRefuter {
            script: super::test_leaf(&secrets),
            stages: stages.to_vec(),
        };
        let role = Role::Challenger {
            number,
            refuter: Box::new(refuter),
        };
        Game::new(
            self.graph.clone(),
            self.signatures.clone(),
            secrets,
            role,
            Box::new(trace),
            state,
        )
    }

    pub fn chain(&self) -> Chain {
        chain_of(&self.graph)
    }

    pub fn balance(&self, chain: &Chain, signer: usize) -> u64 {
        chain.balance(&self.graph.blueprint().setup().signers[signer].payout)
    }
}

/// A chain with the outputs that fund a game.
pub fn chain_of(graph: &Graph) -> Chain {
    let (blueprint, funding) = (graph.blueprint(), graph.funding());
    let mut funded = vec![
        (funding.deposit, blueprint.deposit().output()),
        (funding.operator_stake, blueprint.operator_stake().clone()),
    ];
    let stakes = blueprint.challenger_stakes().iter().cloned();
    funded.extend(funding.challenger_stakes.iter().copied().zip(stakes));
    Chain::new(funded)
}

/// Plays the test claim in the test world.
pub fn play(chain: &mut Chain, parties: &mut [Game], silent: &BTreeSet<TxName>) -> Vec<TxName> {
    play_claim(&world().graph, chain, parties, &claim(), silent)
}

/// Plays until the game is decided and no party has had anything to do for longer than any window; returns the names in order.
pub fn play_claim(
    graph: &Graph,
    chain: &mut Chain,
    parties: &mut [Game],
    claim: &Claim,
    silent: &BTreeSet<TxName>,
) -> Vec<TxName> {
    let mut names = Vec::new();
    let mut queue: Vec<Transaction> = Vec::new();
    let mut block: Vec<Transaction> = Vec::new();
    let Reply::Effects(effects) = parties[0].handle(&Event::Claim(claim.clone())).unwrap() else {
        panic!("a first claim is no duplicate")
    };
    assert_eq!(
        effects.first(),
        Some(&Effect::Save),
        "stored before it is broadcast"
    );
    let mut quiet = 0;
    while parties[0].outcome().is_none() || quiet < 10 {
        for party in parties.iter_mut() {
            let event = Event::Connected {
                height: chain.height,
                transactions: block.clone(),
            };
            let Reply::Effects(effects) = party.handle(&event).unwrap() else {
                panic!("a new block is no duplicate")
            };
            for effect in effects {
                if let Effect::Broadcast { name, transaction } = effect
                    && !silent.contains(&name)
                    && !queue.contains(&transaction)
                {
                    queue.push(transaction);
                }
            }
        }
        for transaction in &queue {
            chain.check(transaction).unwrap_or_else(|error| {
                let known = graph
                    .by_txid(&transaction.compute_txid())
                    .map(|node| node.name.to_string());
                assert!(error.contains("is spent"), "{known:?}: {error}");
            });
        }
        block = chain.mine(&queue);
        queue.clear();
        quiet = if block.is_empty() { quiet + 1 } else { 0 };
        let name = |mined: &Transaction| graph.by_txid(&mined.compute_txid()).unwrap().name;
        names.extend(block.iter().map(name));
    }
    names
}

/// What a challenger believes who thinks the claim false.
pub fn contrary() -> TestTrace {
    TestTrace {
        contrary: true,
        ..TestTrace::default()
    }
}

/// The transactions that a party wants mined.
pub fn broadcasts(reply: Reply) -> Vec<(TxName, Transaction)> {
    let Reply::Effects(effects) = reply else {
        return Vec::new();
    };
    let broadcast = |effect| match effect {
        Effect::Broadcast { name, transaction } => Some((name, transaction)),
        Effect::Save | Effect::Ended(_) => None,
    };
    effects.into_iter().filter_map(broadcast).collect()
}
