//! Field elements and points from integers, each refused under the name of its place.

use ark_bn254::{Fq, Fr};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, SWCurveConfig};
use ark_ff::{BigInt, PrimeField};

use super::InputError;

/// The element of the base field that this integer is.
pub(super) fn coordinate(place: &str, integer: BigInt<4>) -> Result<Fq, InputError> {
    Fq::from_bigint(integer).ok_or_else(|| InputError::Coordinate(place.to_owned()))
}

/// The scalar that this integer is.
pub(super) fn scalar(place: &str, integer: BigInt<4>) -> Result<Fr, InputError> {
    Fr::from_bigint(integer).ok_or_else(|| InputError::Scalar(place.to_owned()))
}

/// Checks that this is a point of the group, and not the neutral one.
pub(super) fn check<P: SWCurveConfig>(place: &str, point: &Affine<P>) -> Result<(), InputError> {
    if point.is_zero() {
        return Err(InputError::Infinity(place.to_owned()));
    }
    if !point.is_on_curve() {
        return Err(InputError::OffCurve(place.to_owned()));
    }
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(InputError::Subgroup(place.to_owned()));
    }
    Ok(())
}
