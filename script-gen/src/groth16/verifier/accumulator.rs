//! What the loops ask of an accumulator, whatever it stands for.

use std::ops::Range;

use ark_bn254::{Fq2, Fq6};

use super::builder::Builder;
use super::line::Coefficients;
use super::torus::Torus;

/// A class of elements of Fq12* that the final exponentiation does not tell apart. Its operations append steps.
pub(super) trait Accumulator: Sized {
    /// Whether a line of the chain from B has a step of its own, which computes its slope once more.
    const LINES_APART: bool;

    /// Whether a doubling and the addition after it have one factor in pairings with points of the key: a parabola in place of two
    /// lines.
    const PARABOLAS: bool;

    /// Which coefficients of the residue witness are inputs. The others are 0.
    const RESIDUE: Range<usize>;

    /// Those coefficients of another element with the class of `root + w`, or of one that the last check does not tell apart from
    /// it. None if there is none.
    fn residue(root: Fq6) -> Option<Vec<Fq2>>;

    /// The class of an element that is given by values.
    fn new(class: &Torus) -> Self;

    /// The square.
    fn square(self, builder: &mut Builder, name: &str) -> Self;

    /// The same class, so that the steps of a product have room for a factor's coefficients which they have to compute.
    fn reduce(self, builder: &mut Builder, name: &str) -> Self;

    /// The product with a line `1 + (y0 + y1 v) w`, given by y0 and y1.
    fn times_line(self, builder: &mut Builder, name: &str, line: Coefficients<'_>) -> Self;

    /// The product with `b + w`, given by the three coefficients of b in Fq6.
    fn times(self, builder: &mut Builder, name: &str, class: Coefficients<'_>) -> Self;

    /// Appends the check that the product with `b + w` is the class of 1.
    fn require_inverse_of(self, builder: &mut Builder, name: &str, class: Coefficients<'_>);
}
