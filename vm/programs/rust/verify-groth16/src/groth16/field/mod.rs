//! The fields: Fq with 2^261 as Montgomery's radix, Fq2 = Fq[u]/(u^2 + 1), Fq6 = Fq2[v]/(v^3 - xi) with xi = 9 + u,
//! Fq12 = Fq6[w]/(w^2 - v).
//!
//! An element of Fq is nine limbs of 29 bits. Nine products of limbs, nine more for a second product of elements and nine
//! for the reduction fit into a 64-bit accumulator, so that a column of a product is one chain of MADDU without a carry.
//! Radix and modulus are seven bits apart: no product needs a final subtraction.

mod fq;
mod fq12;
mod fq2;
mod fq6;
mod integer;
#[cfg(target_arch = "mips")]
mod kernel_mips;
mod kernel_portable;

pub(crate) use fq::Fq;
pub(crate) use fq2::Fq2;
pub(crate) use fq6::Fq6;
pub(crate) use fq12::Fq12;
pub(crate) use fq12::GAMMA;
pub(crate) use integer::{below, words};

/// The limbs of an element or a modulus, the lowest first.
pub(crate) type Limbs = [u32; 9];
/// Bits of a limb.
pub(crate) const LIMB_BITS: u32 = 29;
/// The value of a limb whose bits are all ones.
pub(crate) const LIMB_MASK: u32 = (1 << LIMB_BITS) - 1;

/// The routines that all arithmetic comes down to. Operands have limbs below 2^29 and are below 2.1 p; so is the result,
/// because p / 2^261 < 0.006: a sum of two products reduced once is below (1 + 2 * 2.1^2 * 0.006) p, and a difference
/// between -0.03 p and 1.03 p, to which p is added.
#[cfg(target_arch = "mips")]
use kernel_mips as kernel;
#[cfg(not(target_arch = "mips"))]
use kernel_portable as kernel;
