//! The script of a leaf, and the hints with which it accepts.
//!
//! A leaf first checks the signatures of the slots that it opens and sets digests and inputs aside on the altstack, in few
//! numbers each. Only hints are then on the stack, and a [`Machine`] does what the list of [`Action`]s says.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use num_bigint::BigInt;

use super::actions::{Action, actions, lookups};
use super::error::CompileError;
use super::plan::{Plan, Target};
use super::refute::part_digest;
use super::{DIGEST_SHAPE, INPUT_SHAPE, range};
use crate::analysis::Extent;
use crate::bn254::{DIGITS, Element};
use crate::groth16::digest::{self, GroupDigest, MemberDigest, PACKED_DIGEST, PACKED_LIMBS};
use crate::groth16::program::{Input, InputKind, Lookup, Program, Value};
use crate::groth16::registers::{
    Extents, Machine, Part, Plans, Register, element_items, pack_digits, quotient_items,
    refutation_items,
};
use crate::leaf::SpendSize;
use crate::script;
use crate::script::{Script, drop_items, pick};
use crate::trace::MAX_STACK;
use crate::winternitz::{Digits, GameSeed, PublicKey, Shape, open_all};

/// The weight of a limb in a witness: at most 20 bits and a sign, and a length byte.
const LIMB_WEIGHT: usize = 1 + 3;

/// The weight of a limb of a quotient: at most 26 bits and a sign, and a length byte.
const QUOTIENT_LIMB_WEIGHT: usize = 1 + 4;

/// A leaf that has not been proved, in two parts.
#[derive(Clone, Debug)]
pub(super) struct Body {
    /// Checks the signatures of the slots and sets aside what they say.
    pub(super) opening: Script,
    /// Does the rest. It knows no key.
    pub(super) work: Script,
    /// Items of its witness.
    pub(super) witness_items: usize,
    /// The weight of the largest witness.
    pub(super) max_witness_weight: usize,
}

/// Keys of nobody, to measure leaves with.
static MEASURE: LazyLock<[PublicKey; 2]> = LazyLock::new(|| {
    let seed = GameSeed::new(&[0; 32], &[0; 32]);
    [INPUT_SHAPE, DIGEST_SHAPE].map(|shape| seed.secret_key(shape, "measure").public_key())
});

/// The extents of what opens an element, and a digest.
static OPENED: LazyLock<[Option<Extent>; 2]> = LazyLock::new(|| {
    let [input, digest] = &*MEASURE;
    [open_element(input), open_digest(digest)].map(|script| Extent::of(&script))
});

/// What spending the leaf of a plan takes; none if the leaf needs more stack than there is.
///
/// The leaf is not written: that would take most of the time in which a program is cut.
pub(super) fn spend_size(
    program: &Program,
    plan: &Plan<'_>,
    known: &Extents,
) -> Result<Option<SpendSize>, CompileError> {
    let [input, digest] = &*MEASURE;
    let own = usize::from(matches!(plan.target, Target::Digest(_)));
    let mut keys = vec![digest; own + plan.groups.len()];
    keys.resize(keys.len() + plan.inputs.len(), input);
    let openings = Openings::new(keys.iter().map(|key| key.shape()));
    let (extent, hints) = if plan.is_about_range() {
        let script = script(program, plan, &keys, known.plans())?.script();
        (Extent::of(&script), Hints::default())
    } else {
        let start = |hints, others| Machine::measuring(hints, others, known);
        let (work, hints) = work(program, plan, known.plans(), start)?;
        let parts = opening_extent(program, plan).zip(work.extent());
        (parts.map(|(opening, work)| opening.then(work)), hints)
    };
    let witness_items = hints.items + openings.items;
    let peak = extent.and_then(|extent| extent.peak(witness_items));
    let extent = extent.filter(|_| peak.is_some_and(|peak| peak <= MAX_STACK));
    Ok(extent.map(|extent| SpendSize {
        script_bytes: extent.bytes(),
        witness_items,
        max_witness_weight: hints.weight + openings.weight,
    }))
}

impl Body {
    /// Both parts.
    pub(super) fn script(self) -> Script {
        [self.opening, self.work].into_iter().collect()
    }
}

/// Checks the signatures of the slots that the leaf of a plan opens: its own digest's, those of groups, those of inputs. It sets aside
/// digests and inputs on the altstack.
pub(super) fn opening(program: &Program, plan: &Plan<'_>, keys: &[&PublicKey]) -> Script {
    if plan.is_about_range() {
        return open_all(keys, Digits::Plain, plan.order());
    }
    let (digests, inputs) = keys.split_at(keys.len() - plan.inputs.len());
    let looked_up = lookups(program, plan);
    let mut script: Script = digests.iter().map(|key| open_digest(key)).collect();
    for (input, key) in plan.inputs.iter().zip(inputs) {
        script.push(open_input(&program.inputs[*input], key, &looked_up));
    }
    script
}

/// The extent of that.
fn opening_extent(program: &Program, plan: &Plan<'_>) -> Option<Extent> {
    let [key, _] = &*MEASURE;
    let [element, digest] = *OPENED;
    let own = usize::from(matches!(plan.target, Target::Digest(_)));
    let looked_up = lookups(program, plan);
    let inputs = plan.inputs.iter().map(|input| {
        let input = &program.inputs[*input];
        match input.kind {
            InputKind::Element => element,
            InputKind::Scalar => Extent::of(&open_input(input, key, &looked_up)),
        }
    });
    let digests = std::iter::repeat_n(digest, own + plan.groups.len());
    let parts = digests.chain(inputs).collect::<Option<Vec<_>>>()?;
    Some(parts.into_iter().fold(Extent::default(), Extent::then))
}

/// Opens a digest and sets it aside.
fn open_digest(key: &PublicKey) -> Script {
    script! { {key.open_script()} {digest::pack_digits()} {save(PACKED_DIGEST)} }
}

/// Opens an input and sets aside what the look-ups read of it, or all of an element.
fn open_input(input: &Input, key: &PublicKey, looked_up: &[&Lookup]) -> Script {
    let own = looked_up.iter();
    let own = own.filter(|lookup| lookup.scalar == input.value);
    match input.kind {
        InputKind::Scalar => script! {
            {key.open_script()}
            {own.map(|lookup| save_digits(lookup))}
            {drop_items(DIGITS)}
        },
        InputKind::Element => open_element(key),
    }
}

/// Opens an element and sets it aside.
fn open_element(key: &PublicKey) -> Script {
    script! { {key.open_script()} {pack_digits()} {save(PACKED_LIMBS)} }
}

/// The leaf of a plan, with the keys of the slots that it opens: its own digest's, those of groups, those of inputs.
pub(super) fn script(
    program: &Program,
    plan: &Plan<'_>,
    keys: &[&PublicKey],
    plans: &Plans,
) -> Result<Body, CompileError> {
    let openings = Openings::new(keys.iter().map(|key| key.shape()));
    let opening = opening(program, plan, keys);
    if let Target::Negative(input) | Target::TooLarge(input) = plan.target {
        return Ok(Body {
            opening,
            work: range::refutation(&program.inputs[input], plan.target)?,
            witness_items: openings.items,
            max_witness_weight: openings.weight,
        });
    }
    let (work, hints) = work(program, plan, plans, Machine::new)?;
    Ok(Body {
        opening,
        work: work.script(),
        witness_items: hints.items + openings.items,
        max_witness_weight: hints.weight + openings.weight,
    })
}

/// What the leaf of a plan does after its opening, by a machine that starts with so many hints and items on the altstack.
fn work<'a>(
    program: &Program,
    plan: &Plan<'_>,
    plans: &'a Plans,
    start: impl FnOnce(usize, usize) -> Machine<'a>,
) -> Result<(Machine<'a>, Hints), CompileError> {
    let actions = actions(program, plan);
    let hints = Hints::new(&actions, plans)?;
    let inputs = plan.inputs.iter().map(|input| &program.inputs[*input]);
    let elements = inputs.filter(|input| input.kind == InputKind::Element);
    let elements: Vec<Value> = elements.map(|input| input.value).collect();
    let digits = lookups(program, plan);
    let digits = digits.iter().map(|lookup| lookup.digits);
    let digests = plan.groups.len() + usize::from(matches!(plan.target, Target::Digest(_)));
    let set_aside = PACKED_DIGEST * digests + digits.sum::<usize>() + PACKED_LIMBS * elements.len();
    let mut writer = Writer {
        plans,
        machine: start(hints.items, set_aside),
        registers: HashMap::new(),
    };
    for value in elements.into_iter().rev() {
        writer.machine.restore(PACKED_LIMBS);
        let register = writer.machine.limbs();
        writer.registers.insert(value, register);
    }
    for action in &actions {
        writer.action(action)?;
    }
    Ok((writer.machine, hints))
}

/// The hints with which the leaf of a plan accepts, bottom first, from the values of the run that refutes.
pub(super) fn hints(
    program: &Program,
    plan: &Plan<'_>,
    values: &[BigInt],
) -> Result<Vec<Vec<u8>>, CompileError> {
    if plan.is_about_range() {
        return Ok(vec![]);
    }
    let mut hints = vec![];
    for action in actions(program, plan) {
        hints.extend(match action {
            Action::Take(value) => {
                let element = Element::new(&values[value.0]);
                element_items(&element.map_err(|_| CompileError::NotShown(value.0))?)
            }
            Action::Require(relation) => quotient_items(relation, values)?,
            Action::Refute(relation) => refutation_items(relation, values)?,
            Action::Digest(part) => {
                let first = part.first().map_or(0, |value| value.0);
                let digest = part_digest(part.into_iter(), values);
                digest::hint(&digest.ok_or(CompileError::NotShown(first))?)
            }
            _ => vec![],
        });
    }
    Ok(hints)
}

/// Items and weight of the signatures in a witness.
struct Openings {
    items: usize,
    weight: usize,
}

impl Openings {
    fn new(shapes: impl Iterator<Item = Shape> + Clone) -> Self {
        Self {
            items: shapes.clone().map(|shape| shape.witness_items()).sum(),
            weight: shapes.map(|shape| shape.max_witness_weight()).sum(),
        }
    }
}

/// Items and weight of the hints in a witness.
#[derive(Default)]
struct Hints {
    items: usize,
    weight: usize,
}

impl Hints {
    fn new(actions: &[Action<'_>], plans: &Plans) -> Result<Self, CompileError> {
        let mut hints = Self::default();
        let mut add = |items, weight| {
            hints.items += items;
            hints.weight += items * weight;
        };
        for action in actions {
            match action {
                Action::Take(_) => add(PACKED_LIMBS, LIMB_WEIGHT),
                Action::Require(relation) => {
                    let limbs = plans.required(relation)?.quotient_limbs();
                    add(limbs, QUOTIENT_LIMB_WEIGHT);
                }
                Action::Refute(relation) => {
                    let limbs = plans.refuted(relation)?.refutation_limbs();
                    add(PACKED_LIMBS, LIMB_WEIGHT);
                    add(limbs - PACKED_LIMBS, QUOTIENT_LIMB_WEIGHT);
                }
                Action::Digest(_) => add(PACKED_DIGEST, LIMB_WEIGHT),
                _ => {}
            }
        }
        Ok(hints)
    }
}

/// Moves items to the altstack.
fn save(items: usize) -> Script {
    (0..items).map(|_| script! { OP_TOALTSTACK }).collect()
}

/// Copies the digits that a look-up reads to the altstack, so that they come back with the less significant one first.
/// `.. [64 digits, digit 0 deepest] -> .. [64 digits]`
fn save_digits(lookup: &Lookup) -> Script {
    let digits = (lookup.first_digit..lookup.first_digit + lookup.digits).rev();
    digits
        .map(|digit| script! { {pick(DIGITS - 1 - digit)} OP_TOALTSTACK })
        .collect()
}

/// What hashes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Hashing {
    Member(MemberDigest),
    Group(GroupDigest),
}

impl Hashing {
    /// Its script. Few of them make up half of all leaves, so they are kept.
    fn part(self) -> Arc<Part> {
        type Parts = HashMap<Hashing, Arc<OnceLock<Arc<Part>>>>;
        static PARTS: LazyLock<Mutex<Parts>> = LazyLock::new(Mutex::default);
        let part = {
            let mut parts = PARTS.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(parts.entry(self).or_default())
        };
        let script = || match self {
            Self::Member(digest) => digest.script(),
            Self::Group(digest) => digest.script(),
        };
        Arc::clone(part.get_or_init(|| Arc::new(script().into())))
    }
}

/// A script that grows action by action.
struct Writer<'a> {
    plans: &'a Plans,
    machine: Machine<'a>,
    registers: HashMap<Value, Register>,
}

impl Writer<'_> {
    fn action(&mut self, action: &Action<'_>) -> Result<(), CompileError> {
        let machine = &mut self.machine;
        let registers = &mut self.registers;
        match action {
            Action::Lookup(lookup) => {
                machine.restore(lookup.digits);
                let found = machine.lookup(lookup)?;
                registers.extend(lookup.outputs.into_iter().zip(found));
            }
            Action::Take(value) => drop(registers.insert(*value, machine.take())),
            Action::Require(relation) => {
                let relation = self.plans.required(relation)?;
                machine.relation(&relation, &|value| registers[&value])?;
            }
            Action::Refute(relation) => {
                let relation = self.plans.refuted(relation)?;
                machine.claim_false(&relation, &|value| registers[&value])?;
            }
            Action::Canonical(value) => machine.canonical(registers[value])?,
            Action::Forget(value) => machine.forget(registers[value]),
            Action::Hash(values) => {
                let values: Vec<Register> = values.iter().map(|value| registers[value]).collect();
                machine.release(&values)?;
                let items = PACKED_LIMBS * values.len();
                let digest = MemberDigest::new(values.len(), machine.height() - items)?;
                machine.append_part(&Hashing::Member(digest).part(), items, PACKED_DIGEST);
                machine.save(PACKED_DIGEST);
            }
            Action::Digest(_) => {
                machine.show(PACKED_DIGEST);
                machine.append(&digest::pack_hint(), PACKED_DIGEST, PACKED_DIGEST);
                machine.save(PACKED_DIGEST);
            }
            Action::Open(parts) => {
                self.combine(*parts)?;
                self.machine
                    .append(&digest::equal_verify(), 2 * PACKED_DIGEST, 0);
            }
            Action::Differ(parts) => {
                self.combine(*parts)?;
                self.machine
                    .append(&digest::differs(), 2 * PACKED_DIGEST, 1);
            }
            Action::Accept => machine.append(&script! { 1 }, 0, 1),
        }
        Ok(())
    }

    /// Leaves the digest of a group, made of those of its parts, and the opened one.
    fn combine(&mut self, parts: usize) -> Result<(), CompileError> {
        let machine = &mut self.machine;
        let items = parts * PACKED_DIGEST;
        machine.restore(items);
        if parts > 1 {
            let group = GroupDigest::new(parts, machine.height() - items)?;
            machine.append_part(&Hashing::Group(group).part(), items, PACKED_DIGEST);
        }
        machine.restore(PACKED_DIGEST);
        Ok(())
    }
}
