//! What the transactions of a proof game say, in words.

use gavel_ocp::proof::{ProofGraph, ProofTx, ProofUnlock, RefutingLeaf};

/// Tells what a transaction says. `public` are the digits of the public values, `refuting` is the leaf that a refutation spends.
pub(super) fn says(
    graph: &ProofGraph,
    name: ProofTx,
    public: &[Vec<u8>],
    refuting: Option<&RefutingLeaf>,
) -> String {
    let setup = graph.blueprint().setup();
    match name {
        ProofTx::Claim => {
            let values = setup.slots.public.iter().zip(public);
            let values = values.map(|(slot, digits)| format!("{} = {}", slot.name, short(digits)));
            match values.collect::<Vec<_>>() {
                none if none.is_empty() => "the statement is true".into(),
                values => format!("the statement is true for {}", values.join(", ")),
            }
        }
        ProofTx::Payout => {
            "nobody has challenged: the operator takes the deposit and its bond".into()
        }
        ProofTx::Challenge => format!(
            "somebody pays the operator {} sat for an assertion, without which it is not paid out any more",
            setup.params.amounts.challenger_bond
        ),
        ProofTx::AssertStart => {
            let parts = graph.blueprint().assertions();
            format!("the operator begins an assertion in {parts} transactions")
        }
        ProofTx::Assert(_) => {
            let leaves = graph.get(name).into_iter().flat_map(|node| &node.unlocks);
            let slots = leaves.filter_map(|unlock| match unlock {
                ProofUnlock::Reveal { leaf, .. } => Some(leaf.slots()),
                _ => None,
            });
            let slots: Vec<usize> = slots.flatten().collect();
            let of = |slot: Option<&usize>| {
                let slot = slot.and_then(|&slot| setup.slots.iter().nth(slot));
                slot.map(|slot| slot.name.as_str()).unwrap_or_default()
            };
            let (first, last) = (of(slots.first()), of(slots.last()));
            format!("{} values, from {first} to {last}", slots.len())
        }
        ProofTx::AssertEnd => {
            "all values are on the chain: whoever refutes one takes the reward out of the bond"
                .into()
        }
        ProofTx::PayoutAfterAssertion => {
            "no value has been refuted: the operator takes the deposit and its bond".into()
        }
        ProofTx::OperatorTimeout => {
            "the operator has neither been paid out nor asserted in time: the depositor gets the reward, the rest of the bond is burned".into()
        }
        ProofTx::Disprove => match refuting {
            Some(leaf) => format!("{} is false, as leaf {} shows", leaf.relation, leaf.name),
            None => "a leaf refutes the assertion".into(),
        },
    }
}

/// The leading hexadecimal digits of a number, which are enough to recognise it; its own digits begin with the least.
fn short(digits: &[u8]) -> String {
    let leading = digits.iter().rev().take(16);
    let leading: String = leading.map(|digit| format!("{digit:x}")).collect();
    format!("0x{leading}..")
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_number_is_told_by_its_leading_digits() {
        let mut digits = [0; 64];
        digits[63] = 0x1;
        digits[62] = 0xf;
        digits[47] = 0x7;
        assert_eq!(short(&digits), "0x1f00000000000000..");
        assert_eq!(short(&[2, 1]), "0x12..");
    }
}
