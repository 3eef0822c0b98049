//! What processors with AVX-512 IFMA do eight elements at a time. The functions that are marked want these instructions: who calls
//! the first of them has to ask [`is_there`].

mod coordinate;
pub(crate) mod fft;
pub(crate) mod lanes;
pub(crate) mod msm;
mod points;

/// Whether the processor has the instructions.
pub(crate) fn is_there() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}
