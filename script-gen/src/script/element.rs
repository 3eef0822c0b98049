//! What may stand in braces in [`script!`](crate::script!).

use std::iter::Map;

use super::{Op, Script};

/// A value that [`script!`](crate::script!) can interpolate: numbers are pushed as numbers, byte strings as pushes, scripts
/// are inlined. `None` adds nothing; a `map` over an iterator adds one element after the other.
pub trait Element {
    /// Appends the value to `script`.
    fn append_to(self, script: &mut Script);
}

/// What a function writes: for short pieces that occur often, which then need no [`Script`] of their own.
pub(super) struct Written<F>(pub(super) F);

impl<F: FnOnce(&mut Script)> Element for Written<F> {
    fn append_to(self, script: &mut Script) {
        (self.0)(script);
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Element for $number {
            fn append_to(self, script: &mut Script) {
                // A number beyond i64 cannot be an operand anyway: the analysis refuses what it saturates to.
                script.push_int(i64::try_from(self).unwrap_or(i64::MAX));
            }
        }
    )*};
}

numbers! { i8 i16 i32 i64 u8 u16 u32 u64 usize isize }

impl Element for Op {
    fn append_to(self, script: &mut Script) {
        script.push_op(self);
    }
}

impl Element for Script {
    fn append_to(self, script: &mut Script) {
        script.append(self);
    }
}

impl Element for &Script {
    fn append_to(self, script: &mut Script) {
        script.extend(self);
    }
}

impl Element for &[u8] {
    fn append_to(self, script: &mut Script) {
        script.push_bytes(self);
    }
}

impl<const N: usize> Element for [u8; N] {
    fn append_to(self, script: &mut Script) {
        script.push_bytes(&self);
    }
}

impl<const N: usize> Element for &[u8; N] {
    fn append_to(self, script: &mut Script) {
        script.push_bytes(self);
    }
}

impl Element for Vec<u8> {
    fn append_to(self, script: &mut Script) {
        script.push_bytes(&self);
    }
}

impl Element for Vec<Script> {
    fn append_to(self, script: &mut Script) {
        for part in self {
            script.append(part);
        }
    }
}

impl Element for bitcoin::XOnlyPublicKey {
    fn append_to(self, script: &mut Script) {
        script.push_bytes(&self.serialize());
    }
}

impl<T: Element> Element for Option<T> {
    fn append_to(self, script: &mut Script) {
        if let Some(element) = self {
            element.append_to(script);
        }
    }
}

impl<I: Iterator, F: FnMut(I::Item) -> T, T: Element> Element for Map<I, F> {
    fn append_to(self, script: &mut Script) {
        for element in self {
            element.append_to(script);
        }
    }
}
