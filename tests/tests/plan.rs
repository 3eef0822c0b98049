//! The planner's figures against the transactions of real games.

use std::path::Path;

use gavel_ocp::plan::{LeafSizes, Plan};
use gavel_regtest::KernelChain;
use gavel_regtest::scenario::{Scenario, Verdict};
use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;

/// A lie about memory is disputed along the longest line: trace, step, path. Every transaction but the last weighs what
/// the plan says, up to zero digits, whose witness items are one byte shorter; the last depends on the leaf.
#[test]
fn real_transactions_weigh_what_the_plan_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vm/programs/elf/c-tiny-be.elf");
    let elf = std::fs::read(path).expect("a shipped program");
    let image = Image::new(&elf, &supervisor::linux(ByteOrder::Big), &["tiny"]).expect("an image");
    let lie = "memory".parse().expect("a lie");
    let scenario = Scenario::new(image, b"abc".to_vec(), Some(lie));
    let mut chain = KernelChain::start().expect("a chain");
    let outcome = scenario.play(&mut chain, &mut |_| {}).expect("a game");
    assert_eq!(outcome.outcome, Verdict::Slashed);

    // The program takes 795 steps; what counts is their number of bits.
    let params = scenario.params(795);
    let leaves = LeafSizes::of_machine(&params).expect("leaves");
    let plan = Plan::new(&params, leaves).expect("a plan");
    let planned = &plan.lying_operator.transactions;
    let names: Vec<_> = planned.iter().map(|tx| tx.name.as_str()).collect();
    let played: Vec<_> = outcome
        .transactions
        .iter()
        .map(|tx| tx.name.as_str())
        .collect();
    assert_eq!(played, names);
    let last = planned.len() - 1;
    for (place, (planned, real)) in planned.iter().zip(&outcome.transactions).enumerate() {
        let figures = format!("{}: {} of {}", real.name, real.weight, planned.weight);
        assert!(real.weight <= planned.weight, "{figures}");
        assert!(
            place == last || 1000 * real.weight >= 985 * planned.weight,
            "{figures}"
        );
    }
}
