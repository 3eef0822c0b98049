//! Constants chosen by digits: a tree of comparisons with the rows at its leaves.

use num_bigint::BigInt;

use super::RegisterError;
use super::limb::limbs;
use crate::bn254::Element;
use crate::groth16::program::Lookup;
use crate::script;
use crate::script::Script;

/// Values of a digit.
const VALUES: usize = 16;

/// `.. [digits, the less significant one deepest] -> .. [limbs of both elements of the row]`
pub(super) fn script(lookup: &Lookup) -> Result<Script, RegisterError> {
    let rows = lookup.table.len();
    let expected = match lookup.digits {
        1 => VALUES,
        2 => VALUES * VALUES,
        _ => 0,
    };
    if rows != expected {
        return Err(RegisterError::Table {
            digits: lookup.digits,
            rows,
        });
    }
    let rows = lookup.table.iter().map(row);
    let rows = rows.collect::<Result<Vec<_>, RegisterError>>()?;
    Ok(match lookup.digits {
        1 => choose(rows),
        _ => choose(
            rows.chunks(VALUES)
                .map(|rows| choose(rows.to_vec()))
                .collect(),
        ),
    })
}

fn row(row: &[BigInt; 2]) -> Result<Script, RegisterError> {
    let mut script = Script::new();
    for coordinate in row {
        for limb in limbs(&Element::new(coordinate)?) {
            script.push_int(limb);
        }
    }
    Ok(script)
}

/// Runs the branch that the digit on top, which is taken, says. All branches have the same effect on the stack's height.
fn choose(branches: Vec<Script>) -> Script {
    let halves = |(lower, upper): (Script, Script), bound: usize| {
        script! { OP_DUP {bound} OP_LESSTHAN OP_IF {lower} OP_ELSE {upper} OP_ENDIF }
    };
    let mut level: Vec<Script> = branches
        .into_iter()
        .map(|branch| script! { OP_DROP {branch} })
        .collect();
    let mut width = 1;
    while level.len() > 1 {
        let mut lower = level.into_iter().enumerate();
        let mut next = vec![];
        while let (Some((place, lower)), Some((_, upper))) = (lower.next(), lower.next()) {
            next.push(halves((lower, upper), (place + 1) * width));
        }
        level = next;
        width *= 2;
    }
    level.into_iter().collect()
}
