//! Why an input is rejected: the native verifier's errors, in its words.

use core::fmt::{self, Display, Formatter};
use gavel_guest::InputError;

/// The most public inputs of a key.
pub(crate) const MAX_PUBLIC_INPUTS: usize = 16;

/// Where something is wrong, like `key.beta.x.c1`, `key.IC[2]` or `public[3]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The part, or a point.
    pub(crate) name: &'static str,
    /// Which of a list.
    pub(crate) index: Option<usize>,
    /// The coordinate.
    pub(crate) coordinate: &'static str,
}

/// What is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// No key has this length.
    KeyLength(usize),
    /// No proof has this length.
    ProofLength(usize),
    /// The list of public inputs has not the length that it says.
    ListLength {
        /// Its bytes.
        bytes: usize,
        /// The scalars that it says it has.
        count: u64,
    },
    /// Something is missing at the end.
    End,
    /// IC is empty.
    NoConstant,
    /// A point says that it is at infinity and that its y is the larger root.
    Flags,
    /// A point's sign is not that of its y.
    Sign,
}

/// Why an input is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The input does not consist of the three parts.
    Input(InputError),
    /// The bytes are not in arkworks' format.
    Malformed(Place, Reason),
    /// A coordinate is not reduced.
    Coordinate(Place),
    /// A public input is not reduced.
    Scalar(Place),
    /// No point of the curve has these coordinates.
    OffCurve(Place),
    /// A point of the twisted curve is not in G2.
    Subgroup(Place),
    /// The point at infinity.
    Infinity(Place),
    /// Two points of IC are equal or opposite.
    Dependent(usize, usize),
    /// gamma and delta are equal or opposite.
    Forgeable,
    /// The key or the list has too many inputs.
    TooManyInputs(Place, u64),
    /// The list does not fit the key.
    InputCount {
        /// How many the key has.
        expected: usize,
        /// How many are given.
        found: usize,
    },
    /// The pairing equation does not hold.
    ProofFails,
}

impl Place {
    /// A part or a point.
    pub(crate) const fn of(name: &'static str) -> Place {
        Place {
            name,
            index: None,
            coordinate: "",
        }
    }

    /// One of a list.
    pub(crate) const fn item(name: &'static str, index: usize) -> Place {
        Place {
            name,
            index: Some(index),
            coordinate: "",
        }
    }

    /// A coordinate of this point.
    pub(crate) const fn at(self, coordinate: &'static str) -> Place {
        Place { coordinate, ..self }
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        f.write_str(self.coordinate)
    }
}

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Reason::KeyLength(bytes) => write!(f, "no key has these {bytes} bytes"),
            Reason::ProofLength(bytes) => write!(f, "no proof has {bytes} bytes"),
            Reason::ListLength { bytes, count } => {
                write!(f, "{bytes} bytes are no list of {count} scalars")
            }
            Reason::End => f.write_str("the bytes end here"),
            Reason::NoConstant => f.write_str("the constant point is missing"),
            Reason::Flags => f.write_str("its flags contradict each other"),
            Reason::Sign => f.write_str("its flags contradict its y"),
        }
    }
}

impl Display for Rejection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::Input(error) => error.fmt(f),
            Rejection::Malformed(place, reason) => write!(f, "{place} is malformed: {reason}"),
            Rejection::Coordinate(place) => {
                write!(f, "{place} is not below the modulus of the base field")
            }
            Rejection::Scalar(place) => write!(f, "{place} is not below the order of the group"),
            Rejection::OffCurve(place) => write!(f, "{place} is no point of the curve"),
            Rejection::Subgroup(place) => {
                write!(f, "{place} is on the curve but outside the subgroup of prime order")
            }
            Rejection::Infinity(place) => {
                write!(f, "{place} is the point at infinity, which an honest set-up or prover does not produce")
            }
            Rejection::Dependent(first, second) => write!(
                f,
                "key.IC[{first}] and key.IC[{second}] are equal or opposite, which an honest set-up does not produce"
            ),
            Rejection::Forgeable => f.write_str(
                "key.gamma and key.delta are equal or opposite (the second phase of the set-up is missing): anyone can \
                 forge proofs",
            ),
            Rejection::TooManyInputs(place, found) => {
                write!(f, "{place} has {found} public inputs, but at most {MAX_PUBLIC_INPUTS} are supported")
            }
            Rejection::InputCount { expected, found } => {
                write!(f, "the key has {expected} public inputs, but {found} are given")
            }
            Rejection::ProofFails => f.write_str(
                "the proof does not verify: it is wrong, or made for another key or for other public inputs",
            ),
        }
    }
}
