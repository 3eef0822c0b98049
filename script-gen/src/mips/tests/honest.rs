//! An honest operator is never refuted, whatever the challenger selects.

use gavel_vm::digest::DigestLength;
use gavel_vm::memory::ByteOrder;
use gavel_vm::witness::AccessKind;

use super::game::Game;
use crate::mips::{LeafSet, Stage, Values};

fn assert_holds(leaves: &LeafSet, stage: Stage, values: &Values, what: &str) {
    let found = leaves.find_refutation(stage, values).unwrap();
    let name = found.map(|found| leaves.leaf(found.leaf).unwrap().name());
    assert_eq!(name, None, "{what}");
}

fn check(order: ByteOrder, digest: DigestLength) {
    let mut game = Game::new(order, digest);
    let leaves = LeafSet::new(game.shape.clone()).unwrap();
    let last = 1 << game.shape.index_bits();
    // Boot, machine steps, finish, idle steps and the last position.
    for index in (0..game.steps() + 4).chain([last - 1]) {
        let (witness, values) = game.step(index);
        assert_holds(&leaves, Stage::Step, &values, &format!("step {index}"));
        for kind in 0..4 {
            for interval in 0..32 {
                let mut values = values.clone();
                game.path(&witness, &mut values, kind, interval);
                let what = format!("position {index}, path kind {kind}, interval {interval}");
                assert_holds(&leaves, Stage::Path, &values, &what);
            }
        }
        for kind in AccessKind::ALL {
            let mut values = values.clone();
            game.access(&witness, &mut values, kind);
            assert_holds(
                &leaves,
                Stage::Access,
                &values,
                &format!("position {index}, {kind:?}"),
            );
        }
    }
}

#[test]
fn honest_operators_of_long_digests() {
    check(ByteOrder::Big, DigestLength::Bits256);
}

#[test]
fn honest_operators_of_short_digests() {
    check(ByteOrder::Little, DigestLength::Bits160);
}
