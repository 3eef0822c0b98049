//! Shapes of games, and which boundaries bound which intervals.

use gavel_vm::memory::ByteOrder;

use super::machine::shape;
use crate::mips::shape::{Boundary, Search};
use crate::mips::{LeafSet, PredicateError};

/// The slot that bounds an interval, found by playing the search.
fn played(bits: &[u8], interval: u32, upper: bool) -> Option<(u8, u16)> {
    let mut offset: u8 = bits.iter().sum();
    let mut found = None;
    for (round, bits) in (1..).zip(bits) {
        offset -= bits;
        let (part, parts) = ((interval >> offset) as u16 & ((1 << bits) - 1), 1 << bits);
        if upper && part + 1 < parts {
            found = Some((round, part + 1));
        }
        if !upper && part > 0 {
            found = Some((round, part));
        }
    }
    found
}

#[test]
fn every_interval_has_one_boundary_at_each_end() {
    for bits in [&[3, 2][..], &[5], &[1, 1, 1, 1, 1], &[2, 1, 2]] {
        let search = Search::new(bits);
        for interval in 0..32 {
            for (bounds, upper) in [(search.lower(), false), (search.upper(), true)] {
                let holds =
                    |bound: &&Boundary| interval & ((1u32 << bound.bits) - 1) == bound.value;
                let slots: Vec<_> = bounds
                    .iter()
                    .filter(holds)
                    .map(|bound| bound.slot)
                    .collect();
                assert_eq!(
                    slots,
                    [played(bits, interval, upper)],
                    "{bits:?} {interval} {upper}"
                );
            }
        }
    }
}

#[test]
fn impossible_shapes_are_refused() {
    let mut cases = Vec::new();
    for (trace, path) in [
        (vec![9, 3], vec![5]),
        (vec![1], vec![5]),
        (vec![8; 5], vec![5]),
        (vec![4], vec![4]),
        (vec![4], vec![0, 5]),
    ] {
        let mut shape = shape(ByteOrder::Big);
        (shape.trace_bits, shape.path_bits) = (trace, path);
        cases.push(LeafSet::new(shape).unwrap_err().to_string());
    }
    let (bits, trace, path) = (
        "a round selects between 1 and 8 bits",
        "the rounds of the trace search must select 2 to 32 bits together",
        "the rounds of the path search must select 5 bits together",
    );
    let expected =
        [bits, trace, trace, path, bits].map(|what| PredicateError::Shape(what).to_string());
    assert_eq!(cases, expected);
}
