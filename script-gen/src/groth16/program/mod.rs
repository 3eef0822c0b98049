//! Straight-line programs over the base field of BN254: what a verifier is before it is cut into leaves.
//!
//! A [`Program`] has inputs, which the operator commits to in full, steps, each of which determines new values from earlier
//! ones, and checks, which must hold in the end. Everything is said by relations `sum of products = 0 (mod p)`, so a value that
//! costs a division is as cheap as one that costs a product: the step says what must hold of it, and who needs the value
//! finds it outside of Script. [`Program::run`] does so for all.
//!
//! # What a step must guarantee
//! Given the inputs of a step, its equations hold for exactly one assignment of its values, unless its `undefined` relations all hold:
//! then nobody promises anything, and an operator that asserts such a run is refuted (an honest one sees it beforehand and
//! takes another witness or a re-randomised proof). Leaves rest on this: the spender shows values that satisfy the equations, and a leaf accepts when
//! their digest is not the committed one. If a second assignment existed, an honest operator could be refuted.
//!
//! And no output may follow from scalars alone. These are public before the operator asserts, so whoever chose them could have looked for other
//! values with the same digest, and refute an honest operator with them: see [`Program::dependences`] and `docs/compiler.md`.
//!
//! # Which leaves a program has
//! For a group of committed outputs: "the steps' relations hold for these values, and their digest is another one". For a step that can be
//! undefined: "it is". For a check: "its claim is false". For an input: "it is no number below the modulus". If the operator's claim is false, the first committed value that is wrong has right
//! inputs; so somebody who has run the program can open them and refute.

mod dependence;
mod relation;
mod run;
mod step;

pub use dependence::Dependences;
pub use relation::{Factor, Linear, Product, Relation, Value};
pub use run::{Fault, Run};
pub use step::{Check, Equation, Input, InputKind, Lookup, Member, Program, ProgramError, Step};
