//! Leaves, trees and manifests.

use bitcoin::ScriptBuf;
use bitcoin::key::UntweakedPublicKey;
use bitcoin::secp256k1::Secp256k1;
use bitcoin::taproot::{LeafVersion, NodeInfo, TapNodeHash, TaprootSpendInfo};
use gavel_script_gen::analysis::Problem;
use gavel_script_gen::leaf::{Draft, Leaf, LeafKind};
use gavel_script_gen::manifest::{Manifest, ManifestError};
use gavel_script_gen::script;
use gavel_script_gen::script::{Op, Script};
use gavel_script_gen::testing::LeafSpend;
use gavel_script_gen::tree::{LeafTree, TreeError};
use gavel_script_gen::winternitz::{GameSeed, Shape, nibbles};

fn draft(number: usize, script: Script) -> Draft {
    Draft {
        name: format!("leaf {number}"),
        kind: LeafKind::State,
        relation: format!("x != {number}"),
        slots: vec!["x".into()],
        script,
        witness_items: 1,
        max_witness_weight: 6,
    }
}

#[derive(Debug, PartialEq)]
enum Error {
    Tree(TreeError),
    Leaf,
}

impl From<TreeError> for Error {
    fn from(error: TreeError) -> Self {
        Self::Tree(error)
    }
}

fn leaf(number: usize) -> Result<Leaf, Error> {
    Leaf::new(draft(number, script! { {number} OP_NUMEQUAL })).map_err(|_| Error::Leaf)
}

fn build(count: usize) -> (LeafTree, Manifest) {
    LeafTree::build(count, 500, leaf).expect("provable leaves")
}

/// The same tree by rust-bitcoin's means.
fn node(leaves: &[usize]) -> NodeInfo {
    if let [number] = leaves {
        let script = leaf(*number).expect("provable").script().to_script_buf();
        return NodeInfo::new_leaf_with_ver(script, LeafVersion::TapScript);
    }
    let (left, right) = leaves.split_at(leaves.len().div_ceil(2));
    NodeInfo::combine(node(left), node(right)).expect("not too deep")
}

#[test]
fn branches_are_those_of_rust_bitcoin() {
    let key = LeafSpend::new(&script! { 1 }).transaction.output[0]
        .script_pubkey
        .as_bytes()[2..]
        .to_vec();
    let key = UntweakedPublicKey::from_slice(&key).expect("an output key is a point");
    for count in [1, 2, 3, 5, 8, 13] {
        let (tree, manifest) = build(count);
        let oracle = node(&(0..count).collect::<Vec<_>>());
        let info = TaprootSpendInfo::from_node_info(&Secp256k1::verification_only(), key, oracle);
        assert_eq!(Some(tree.root()), info.merkle_root());
        assert_eq!(manifest.tree(), Ok(tree.clone()));
        for number in 0..count {
            let script: ScriptBuf = leaf(number).expect("provable").script().to_script_buf();
            let control = info
                .control_block(&(script, LeafVersion::TapScript))
                .expect("in the tree");
            let branch: Vec<TapNodeHash> = control.merkle_branch.to_vec();
            assert_eq!(tree.depth(number), Some(branch.len()));
            assert_eq!(tree.branch(number), Some(branch));
        }
        assert_eq!((tree.branch(count), tree.depth(count)), (None, None));
    }
}

/// The weight in the manifest is that of the transaction, to the unit.
#[test]
fn weights_are_those_of_real_transactions() {
    let secret = GameSeed::new(&[1; 32], &[2; 32]).secret_key(Shape::WORD, "word");
    let drop = (0..7).map(|_| script! { {Op::Drop} });
    let leaf = Leaf::new(Draft {
        script: script! { {secret.public_key().open_script()} {drop} OP_0NOTEQUAL },
        witness_items: Shape::WORD.witness_items(),
        max_witness_weight: Shape::WORD.max_witness_weight(),
        ..draft(0, Script::new())
    })
    .expect("provable");
    let spend = LeafSpend::new(leaf.script());
    let witness = secret
        .sign(&nibbles(&[0x1234_5678]))
        .expect("a word")
        .witness(Shape::WORD);
    let outcome = spend.execute(&witness).expect("a digit that is not 0");
    assert_eq!(outcome.peak_stack, leaf.peak_stack());
    let small: usize = witness.iter().filter(|item| item.is_empty()).count();
    // Without witness: four times the bytes, and marker and flag.
    let bare = 4 * spend.transaction.base_size() + 2;
    let weight = spend.weight(&witness).to_wu() as usize;
    assert_eq!(weight + small, leaf.max_spend_weight(1, bare));
}

/// Only the transaction around a tree decides what its leaves weigh; the tree is the same.
#[test]
fn heavier_transactions_make_heavier_leaves() {
    let (_, manifest) = build(3);
    let (_, heavier) = LeafTree::build(3, 507, leaf).expect("provable leaves");
    assert_eq!(manifest.clone().with_transaction(7), heavier);
    let whole_block = manifest.with_transaction(400_000);
    assert!(whole_block.leaves.iter().all(|leaf| !leaf.relayable));
    assert_eq!(whole_block.root, heavier.root);
}

#[test]
fn what_is_not_proved_is_no_leaf() {
    let error = Leaf::new(draft(3, script! { 1 OP_ADD })).expect_err("unchecked");
    assert_eq!(
        (error.name.as_str(), error.error.problem),
        ("leaf 3", Problem::UncheckedHint)
    );
}

#[test]
fn trees_do_not_depend_on_threads() {
    let threads = |count| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(count)
            .build()
            .expect("threads")
    };
    let one = threads(1).install(|| build(100));
    assert_eq!(threads(7).install(|| build(100)), one);
    let json = one.1.to_json().expect("serialisable");
    assert_eq!(Manifest::from_json(&json).expect("consistent"), one.1);
}

#[test]
fn trees_without_leaves_or_with_doubles_are_refused() {
    let built = |count, leaf: &(dyn Fn(usize) -> Result<Leaf, Error> + Sync)| {
        LeafTree::build(count, 0, leaf).map(|(tree, _)| tree.len())
    };
    assert_eq!(built(0, &leaf), Err(Error::Tree(TreeError::Empty)));
    assert_eq!(
        built(3, &|_| leaf(7)),
        Err(Error::Tree(TreeError::DuplicateName("leaf 7".into())))
    );
    assert_eq!(
        built(3, &|number| if number == 1 {
            Err(Error::Leaf)
        } else {
            leaf(number)
        }),
        Err(Error::Leaf)
    );
    assert_eq!(built(3, &leaf), Ok(3));
}

#[test]
fn inconsistent_manifests_are_refused() {
    let (_, manifest) = build(4);
    let read = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = manifest.clone();
        change(&mut manifest);
        Manifest::from_json(&manifest.to_json().expect("serialisable"))
    };
    assert!(read(&|_| {}).is_ok());
    assert!(matches!(
        read(&|m| m.version = 2),
        Err(ManifestError::Version(2))
    ));
    assert!(matches!(
        read(&|m| m.leaves.swap(1, 2)),
        Err(ManifestError::Root { .. })
    ));
    assert!(matches!(
        read(&|m| m.leaves.clear()),
        Err(ManifestError::Tree(TreeError::Empty))
    ));
    let double = read(&|m| m.leaves[1].name = m.leaves[0].name.clone());
    assert!(matches!(
        double,
        Err(ManifestError::Tree(TreeError::DuplicateName(_)))
    ));
    assert!(matches!(
        Manifest::from_json("{}"),
        Err(ManifestError::Json(_))
    ));
}
