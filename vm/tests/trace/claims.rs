//! Claims as a challenger sees them, and what no trace can be made of.

use gavel_vm::address::HALT;
use gavel_vm::digest::DigestLength;
use gavel_vm::execute::Trap;
use gavel_vm::machine::Cause;
use gavel_vm::memory::ByteOrder;
use gavel_vm::trace::{Claim, Lies, MAX_STEPS, Position, Trace, TraceError};

use super::{INPUT_BYTES, challenge, common, honest};

#[test]
fn a_challenger_sees_a_claim_as_the_truth_has_it() {
    let mut truth = honest(DigestLength::Bits256);
    let claim = truth.claim();
    let n = claim.steps;
    let (accept, reject) = (truth.hasher().accept(), truth.hasher().reject());
    // The claim, the last position with a state, and what follows.
    let other = Claim {
        output: claim.input,
        ..claim
    };
    let fewer = Claim {
        steps: n - 5,
        ..claim
    };
    let more = Claim {
        steps: n + 3,
        ..claim
    };
    for (claim, last, after) in [
        (claim, n + 1, accept),
        (other, n + 1, reject),
        (fewer, n - 4, reject),
        (more, n + 1, reject),
    ] {
        let mut seen = challenge(claim);
        assert_eq!(seen.accepted(), after == accept);
        for index in 0..n + 8 {
            let expected = if index <= last {
                truth.digest(index).unwrap()
            } else {
                after
            };
            assert_eq!(seen.digest(index).unwrap(), expected, "{claim:?} {index}");
        }
    }
    let mut seen = challenge(more);
    let stuck = seen.witness(n + 1).unwrap();
    assert_eq!(
        (stuck.position, stuck.step.words.pc, stuck.post),
        (Position::Stuck, HALT, reject)
    );
    assert_eq!(
        seen.witness(n + 2),
        Err(TraceError::NoState { index: n + 2 })
    );
    let input = Claim {
        input: claim.output,
        ..claim
    };
    let refused = Trace::challenge(
        &common::sum(ByteOrder::Big),
        INPUT_BYTES,
        DigestLength::Bits256,
        input,
    );
    assert_eq!(refused.unwrap_err(), TraceError::Input);
}

#[test]
fn claims_from_outside() {
    let image = common::sum(ByteOrder::Big);
    let claim = honest(DigestLength::Bits256).claim();
    for steps in [0, MAX_STEPS + 1, u64::MAX] {
        let refused = Trace::challenge(
            &image,
            INPUT_BYTES,
            DigestLength::Bits256,
            Claim { steps, ..claim },
        );
        assert_eq!(refused.unwrap_err(), TraceError::Steps { steps });
    }
    // A challenger without the memory for the program does not know whether the claim is true.
    let small = image
        .clone()
        .with_page_limit(image.memory().mapped().len() + 1);
    let refused = Trace::challenge(&small, INPUT_BYTES, DigestLength::Bits256, claim);
    let TraceError::Machine(error) = refused.unwrap_err() else {
        panic!("another error")
    };
    assert!(
        matches!(error.cause, Cause::Trap(Trap::MemoryFull(_))),
        "{error}"
    );
}

/// lui a0, 0xb000; li a1, -1; sw a1, 0(a0); syscall
#[test]
fn the_length_of_the_output_is_not_for_the_game_to_judge() {
    let code = [0x3c04_b000, 0x2405_ffff, 0xac85_0000, 0x0000_000c];
    let image = gavel_vm::image::Image::bare(ByteOrder::Big, 0x1_0000, &code).unwrap();
    let length = DigestLength::Bits256;
    let error = Trace::honest(&image, b"", length, 100).unwrap_err();
    let TraceError::Machine(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.cause, Cause::OutputTooLong { length: u32::MAX });
    let claim = Trace::lying(&image, b"", length, 100, &Lies::default())
        .unwrap()
        .claim();
    assert!(
        Trace::challenge(&image, b"", length, claim)
            .unwrap()
            .accepted()
    );
}

#[test]
fn programs_that_do_not_end_are_refused() {
    let image = gavel_vm::image::Image::bare(ByteOrder::Big, 0x1_0000, &[0x1000_ffff, 0]).unwrap();
    let error = Trace::honest(&image, b"", DigestLength::Bits256, 100).unwrap_err();
    let TraceError::Machine(error) = error else {
        panic!("{error}")
    };
    assert_eq!(
        (error.step, error.cause),
        (100, Cause::StepLimit { limit: 100 })
    );
}

#[test]
fn an_input_that_does_not_fit() {
    let long = vec![0; (1 << 28) - 3];
    let refused = Trace::honest(
        &common::sum(ByteOrder::Big),
        &long,
        DigestLength::Bits256,
        10,
    );
    let expected = gavel_vm::image::ImageError::InputTooLong { length: long.len() };
    assert_eq!(refused.unwrap_err(), TraceError::Image(expected));
}
