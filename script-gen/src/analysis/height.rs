//! How high a script's stack becomes, without a proof of anything: for scripts that are measured and thrown away.

use crate::script::{Item, Op, Script};

/// How much room a script takes, or a part of one. Heights are items of stack and altstack together, counted from where the part
/// begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    bytes: usize,
    end: isize,
    highest: isize,
    lowest: isize,
}

impl Extent {
    /// The extent of a script whose branches are balanced and leave equal heights; none of others.
    pub fn of(script: &Script) -> Option<Self> {
        let mut height = 0;
        let (mut highest, mut lowest) = (0, 0);
        let mut branches = vec![];
        for (_, item) in script.items() {
            height += match item {
                Item::Op(op) => growth(op),
                Item::Int(_) | Item::Bytes(_) => 1,
            };
            highest = highest.max(height);
            lowest = lowest.min(height);
            match item {
                Item::Op(Op::If | Op::NotIf) => branches.push(height),
                Item::Op(Op::Else) => height = *branches.last()?,
                Item::Op(Op::EndIf) => drop(branches.pop()?),
                _ => {}
            }
        }
        branches.is_empty().then_some(Self {
            bytes: script.len(),
            end: height,
            highest,
            lowest,
        })
    }

    /// The extent of this part with another one behind it.
    pub fn then(self, next: Self) -> Self {
        Self {
            bytes: self.bytes + next.bytes,
            end: self.end + next.end,
            highest: self.highest.max(self.end + next.highest),
            lowest: self.lowest.min(self.end + next.lowest),
        }
    }

    /// Length in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The most items that stack and altstack hold together if there are so many at the start; none if that is too few.
    pub fn peak(&self, items: usize) -> Option<usize> {
        items.checked_add_signed(self.lowest)?;
        items.checked_add_signed(self.highest)
    }
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
        let extent = Extent::of(&script).unwrap();
        assert_eq!(extent.peak(items), Some(report.peak_stack));
        assert_eq!(extent.bytes(), script.len());
    }

    #[test]
    fn parts_add_up() {
        let parts = [
            script! { OP_2DROP 1 },
            script! { 1 2 OP_IF 3 OP_ELSE 4 OP_ENDIF },
            script! { OP_DROP OP_DROP },
            script! { OP_2DUP OP_2DUP OP_2DROP },
        ];
        let together = parts
            .iter()
            .map(|part| Extent::of(part).unwrap())
            .reduce(Extent::then);
        let whole: Script = parts.into_iter().collect();
        assert_eq!(together, Extent::of(&whole));
        assert_eq!(together.unwrap().peak(3), Some(6));
        assert_eq!(together.unwrap().peak(1), None);
    }

    #[test]
    fn what_is_not_balanced_has_no_height() {
        for script in [
            script! { 1 OP_IF },
            script! { OP_ENDIF },
            script! { OP_ELSE },
        ] {
            assert_eq!(Extent::of(&script), None, "{script}");
        }
        let missing = Extent::of(&script! { OP_DROP }).unwrap();
        assert_eq!((missing.peak(0), missing.peak(1)), (None, Some(1)));
    }
}
