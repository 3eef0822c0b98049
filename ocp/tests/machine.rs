//! Disputes about a real program with the real leaves, every transaction judged by Bitcoin Core's interpreter.
#![allow(missing_docs)]
mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use bitcoin::secp256k1::SecretKey;
use common::chain::Chain;
use common::world::play_claim;
use gavel_ocp::game::machine::{ChallengerTrace, OperatorTrace};
use gavel_ocp::game::state::State;
use gavel_ocp::game::{Game, Role};
use gavel_ocp::graph::Graph;
use gavel_ocp::graph::blueprint::Blueprint;
use gavel_ocp::graph::name::{DisputeTx, Stage, TxName};
use gavel_ocp::leaves::{DisputeLeaves, game_shape};
use gavel_ocp::params::Params;
use gavel_ocp::presign::{Agenda, Signatures};
use gavel_ocp::sign::PartySecrets;
use gavel_script_gen::mips::LeafSet;
use gavel_vm::digest::DigestLength;
use gavel_vm::fault::{Fault, FaultKind};
use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;
use gavel_vm::trace::{Lies, Trace};

/// Copies the first word of the input to the output, with some arithmetic on the way, and exits.
const CODE: [u32; 13] = include!("../../vm/programs/copy_word.rs");

const INPUT: [u8; 4] = [1, 2, 3, 4];

struct Table {
    graph: Arc<Graph>,
    signatures: Arc<Signatures>,
    secrets: Vec<PartySecrets>,
    leaves: DisputeLeaves,
    image: Image,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut params = Params {
            signers: 2,
            digest_bits: DigestLength::Bits256,
            trace_rounds: vec![3, 2, 1],
            path_rounds: vec![3, 2],
            ..common::params()
        };
        params.amounts.operator_bond = 4_000_000;
        let image = Image::bare(ByteOrder::Big, 0x0040_0000, &CODE).unwrap();
        let secrets = common::secrets(2);
        let mut setup = common::setup(&params, &secrets);
        let set = Arc::new(LeafSet::new(game_shape(&params, &image)).unwrap());
        let challenger = secrets[1].keypair.x_only_public_key().0;
        let leaves =
            DisputeLeaves::new(set, &setup.claim_keys, &setup.disputes[0].keys, challenger)
                .unwrap();
        setup.disputes[0].trees = leaves.trees();
        let graph = Graph::new(Blueprint::new(setup).unwrap(), common::funding(&params)).unwrap();
        let keys: Vec<SecretKey> = secrets
            .iter()
            .map(|secret| secret.keypair.secret_key())
            .collect();
        let signatures = Agenda::new(&graph).unwrap().run(&keys).unwrap();
        Table {
            graph: Arc::new(graph),
            signatures: Arc::new(signatures),
            secrets,
            leaves,
            image,
        }
    })
}

/// Plays a claim with these lies, all of which change the output, and returns the transactions' names.
fn dispute(lies: &Lies) -> Vec<TxName> {
    let table = table();
    let trace = Trace::lying(&table.image, &INPUT, DigestLength::Bits256, 60, lies).unwrap();
    let operator = OperatorTrace::new(trace);
    let claim = operator.claim().unwrap();
    let game = |index: usize, role, trace| {
        let (graph, signatures) = (table.graph.clone(), table.signatures.clone());
        Game::new(
            graph,
            signatures,
            table.secrets[index].clone(),
            role,
            trace,
            State::default(),
        )
    };
    let role = Role::Challenger {
        number: 1,
        refuter: Box::new(table.leaves.clone()),
    };
    let view = ChallengerTrace::new(table.image.clone(), INPUT.to_vec(), DigestLength::Bits256);
    let mut parties = [
        game(0, Role::Operator, Box::new(operator)),
        game(1, role, Box::new(view)),
    ];
    let mut chain: Chain = common::world::chain_of(&table.graph);
    play_claim(
        &table.graph,
        &mut chain,
        &mut parties,
        &claim,
        &BTreeSet::new(),
    )
}

fn disproved(stage: Stage) -> TxName {
    TxName::Dispute {
        challenger: 1,
        tx: DisputeTx::Disprove(stage),
    }
}

fn fault(step: u64, kind: FaultKind) -> Lies {
    Lies {
        faults: vec![Fault { step, kind }],
        ..Lies::default()
    }
}

#[test]
fn the_truth_is_paid() {
    assert_eq!(dispute(&Lies::default()), [TxName::Claim, TxName::Payout]);
}

#[test]
fn a_false_result_is_refuted_at_once() {
    let names = dispute(&fault(7, FaultKind::Result { xor: 0x10 }));
    assert_eq!(names.last(), Some(&disproved(Stage::Step)));
}

#[test]
fn a_false_register_is_refuted_as_an_access() {
    let names = dispute(&fault(5, FaultKind::Rt { xor: 1 }));
    assert_eq!(names.last(), Some(&disproved(Stage::Access)));
}

#[test]
fn a_false_memory_word_is_refuted_as_a_path() {
    let names = dispute(&fault(4, FaultKind::Loaded { xor: 1 << 31 }));
    assert_eq!(names.last(), Some(&disproved(Stage::Path)));
}

#[test]
fn a_false_write_elsewhere_is_refuted_as_a_path() {
    let names = dispute(&fault(
        6,
        FaultKind::Memory {
            address: 0xb000_0008,
            xor: 4,
        },
    ));
    assert_eq!(names.last(), Some(&disproved(Stage::Path)));
}

#[test]
fn a_false_instruction_is_refuted_as_a_path() {
    // sw t3, 4(t2) instead of sw t3, 8(t2).
    let names = dispute(&fault(5, FaultKind::Instruction { word: 0xad4b_0004 }));
    assert_eq!(names.last(), Some(&disproved(Stage::Path)));
}

#[test]
fn a_false_output_is_refuted_as_a_path() {
    let mut output = gavel_vm::digest::Digest::default();
    output.0[3] = 7;
    let names = dispute(&Lies {
        output: Some(output),
        ..Lies::default()
    });
    assert_eq!(names.last(), Some(&disproved(Stage::Path)));
}

#[test]
fn a_false_start_is_refuted_as_a_path() {
    let names = dispute(&Lies {
        initial: Some((0x0040_0010, 4)),
        ..Lies::default()
    });
    assert_eq!(names.last(), Some(&disproved(Stage::Path)));
}

#[test]
fn too_few_and_too_many_steps_are_refuted() {
    for steps in [5, 40] {
        let names = dispute(&Lies {
            steps: Some(steps),
            ..Lies::default()
        });
        assert!(
            matches!(
                names.last(),
                Some(TxName::Dispute {
                    tx: DisputeTx::Disprove(_),
                    ..
                })
            ),
            "{names:?}"
        );
    }
}
