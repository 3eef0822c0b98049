//! Traces and witnesses: honest ones hold everywhere, lying ones everywhere but at the lie.

mod claims;
#[path = "../common/mod.rs"]
mod common;
mod honest;
mod lies;
mod tampered;

use gavel_vm::digest::DigestLength;
use gavel_vm::memory::ByteOrder;
use gavel_vm::trace::{Claim, Lies, Trace};

const INPUT_BYTES: &[u8] = b"\x01\x02\x03\xff";
const LENGTHS: [DigestLength; 2] = [DigestLength::Bits256, DigestLength::Bits160];

fn honest(length: DigestLength) -> Trace {
    Trace::honest(&common::sum(ByteOrder::Big), INPUT_BYTES, length, 1000).unwrap()
}

fn lying(lies: &Lies) -> Trace {
    Trace::lying(
        &common::sum(ByteOrder::Big),
        INPUT_BYTES,
        DigestLength::Bits256,
        1000,
        lies,
    )
    .unwrap()
}

fn challenge(claim: Claim) -> Trace {
    Trace::challenge(
        &common::sum(ByteOrder::Big),
        INPUT_BYTES,
        DigestLength::Bits256,
        claim,
    )
    .unwrap()
}
