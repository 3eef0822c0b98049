//! How high a script's stack becomes, without a proof of anything: for scripts that are measured and thrown away.

use crate::script::{Item, Op, Script};

/// The most items that stack and altstack hold together, for a script whose branches are balanced and leave equal heights. None if
/// they are not balanced or items are missing.
pub fn peak_height(script: &Script, witness_items: usize) -> Option<usize> {
    let mut height = witness_items;
    let mut peak = height;
    let mut branches = vec![];
    for item in script.items() {
        let change = match item {
            Item::Op(op) => growth(*op),
            Item::Int(_) | Item::Bytes(_) => 1,
        };
        height = height.checked_add_signed(change)?;
        peak = peak.max(height);
        match item {
            Item::Op(Op::If | Op::NotIf) => branches.push(height),
            Item::Op(Op::Else) => height = *branches.last()?,
            Item::Op(Op::EndIf) => drop(branches.pop()?),
            _ => {}
        }
    }
    branches.is_empty().then_some(peak)
}

/// How many more items there are on stack and altstack after an opcode.
const fn growth(op: Op) -> isize {
    match op {
        Op::ThreeDup => 3,
        Op::TwoDup | Op::TwoOver => 2,
        Op::Depth | Op::Dup | Op::Over | Op::Tuck | Op::Size => 1,
        Op::Else
        | Op::EndIf
        | Op::ToAltStack
        | Op::FromAltStack
        | Op::TwoRot
        | Op::TwoSwap
        | Op::Pick
        | Op::Rot
        | Op::Swap
        | Op::OneAdd
        | Op::OneSub
        | Op::Negate
        | Op::Abs
        | Op::Not
        | Op::ZeroNotEqual
        | Op::Ripemd160
        | Op::Sha1
        | Op::Sha256
        | Op::Hash160
        | Op::Hash256
        | Op::CheckLockTime
        | Op::CheckSequence => 0,
        Op::If
        | Op::NotIf
        | Op::Verify
        | Op::Drop
        | Op::Nip
        | Op::Roll
        | Op::Equal
        | Op::Add
        | Op::Sub
        | Op::BoolAnd
        | Op::BoolOr
        | Op::NumEqual
        | Op::NumNotEqual
        | Op::LessThan
        | Op::GreaterThan
        | Op::LessThanOrEqual
        | Op::GreaterThanOrEqual
        | Op::Min
        | Op::Max
        | Op::CheckSig => -1,
        Op::TwoDrop
        | Op::EqualVerify
        | Op::NumEqualVerify
        | Op::Within
        | Op::CheckSigVerify
        | Op::CheckSigAdd => -2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyse;
    use crate::script;
    use crate::winternitz::{GameSeed, Shape};

    #[test]
    fn the_height_is_that_of_the_analysis() {
        let key = GameSeed::new(&[1; 32], &[2; 32]).secret_key(Shape::WORD, "word");
        let items = Shape::WORD.witness_items();
        let script = script! {
            {key.public_key().verify_script()}
            1 2 3 OP_3DUP OP_2OVER OP_2ROT OP_2SWAP OP_TUCK OP_DEPTH OP_SIZE
            {(0..11).map(|_| script! { OP_DROP })}
            1
        };
        let report = analyse(&script, items).unwrap();
        assert_eq!(peak_height(&script, items), Some(report.peak_stack));
    }

    #[test]
    fn what_is_not_balanced_has_no_height() {
        for script in [
            script! { OP_DROP },
            script! { 1 OP_IF },
            script! { OP_ENDIF },
            script! { OP_ELSE },
        ] {
            assert_eq!(peak_height(&script, 0), None, "{script}");
        }
    }
}
