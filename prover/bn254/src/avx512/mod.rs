//! What processors with AVX-512 IFMA do eight elements at a time. Every function here wants these instructions, so whoever calls
//! the first one has to ask [`is_there`].

pub(crate) mod fft;
pub(crate) mod lanes;
pub(crate) mod msm;
mod points;

/// Whether the processor has the instructions.
pub(crate) fn is_there() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512ifma")
}
