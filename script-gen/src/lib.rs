//! The compiler from relations between committed values to tapscript leaves.
//!
//! Its layers, each on those before it:
//! - [`mod@script`]: the assembler and [`script!`], which cannot express what a tapscript may not contain;
//! - [`analysis`]: the proof, made for every leaf, that stack, numbers, indices and branches are in order;
//! - gadgets: [`winternitz`] and [`bits`] commitments, [`mod@blake3`], [`bn254`] field arithmetic;
//! - [`leaf`], [`tree`] and [`manifest`]: proved leaves, the Taproot tree over them and its description;
//! - [`mips`]: the leaves of the trace game, from relations between the committed values of one machine step;
//! - [`groth16`]: the verifier of a Groth16 proof on BN254, from its key and proof files;
//! - [`reveal`]: the scripts by which transactions publish committed values;
//! - [`sizes`]: what the gadgets cost.
//!
//! [`trace`] says how a script runs and where it fails; with the feature `testing`, the module of that name runs it in
//! Bitcoin Core.
//!
//! ```
//! use gavel_script_gen::leaf::{Draft, Leaf, LeafKind};
//! use gavel_script_gen::script;
//! use gavel_script_gen::winternitz::{GameSeed, Shape};
//!
//! // A leaf that refutes `pc < 2^28`: it accepts whenever the operator has signed a larger pc, and never else.
//! let pc = GameSeed::new(&[1; 32], &[2; 32]).secret_key(Shape::WORD, "pc").public_key();
//! let leaf = Leaf::new(Draft {
//!     name: "pc_range".into(),
//!     kind: LeafKind::Instruction,
//!     relation: "pc < 2^28".into(),
//!     slots: vec!["pc".into()],
//!     script: script! { {pc.open_script()} OP_2DROP OP_2DROP OP_2DROP OP_DROP OP_0NOTEQUAL },
//!     witness_items: Shape::WORD.witness_items(),
//!     max_witness_weight: Shape::WORD.max_witness_weight(),
//! })?;
//! assert_eq!(leaf.peak_stack(), 29);
//! # Ok::<(), gavel_script_gen::leaf::LeafError>(())
//! ```

pub mod analysis;
pub mod bits;
pub mod blake3;
pub mod bn254;
pub mod groth16;
pub mod leaf;
pub mod manifest;
pub mod mips;
pub mod reveal;
pub mod script;
pub mod sizes;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;
pub mod tree;
pub mod winternitz;
