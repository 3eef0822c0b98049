use gavel_vm::address::INPUT as INPUT_REGION;
use gavel_vm::digest::{DigestLength, MemoryTree};
use gavel_vm::machine::Cause;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;
use gavel_vm::trace::Trace;

use super::{
    Claim, ClaimError, Image, Machine, OUTPUT, OUTPUT_CAPACITY, Opening, Tree, region_node,
};
use crate::segment::{Run, Size};

const CRC32: &[u8] = include_bytes!("../../../vm/programs/elf/c-crc32-be.elf");
const INPUT: &[u8] = b"123456789";
const LENGTH: DigestLength = DigestLength::Bits256;

fn image(args: &[&str]) -> Image {
    Image::new(CRC32, &supervisor::linux(ByteOrder::Big), args).unwrap()
}

fn honest() -> (Opening, Vec<u8>, u32) {
    let image = image(&["crc32"]);
    let outcome = Machine::new(&image, INPUT).unwrap().run(1 << 20).unwrap();
    let opening = Opening::new(&image, INPUT, 1 << 20).unwrap();
    assert_eq!(opening.outcome, outcome);
    (opening, outcome.output, outcome.exit_code)
}

#[test]
fn a_claim_follows_from_image_input_and_output() {
    let (opening, output, exit_code) = honest();
    let claim = Claim::new(&image(&["crc32"]), INPUT, &output, exit_code).unwrap();
    assert_eq!(claim, opening.claim);
    assert_eq!(
        claim.words()[..4],
        [0x6576_6167, 0x7473_206c, 0x6d65_7461, 0x3174_6e65]
    );
    assert_eq!(claim.words()[4..8], [1, claim.pc, claim.pc + 4, exit_code]);
    let bytes = claim.words().map(u32::to_le_bytes).concat();
    assert_eq!(claim.digest().0, *blake3::hash(&bytes).as_bytes());
}

/// One claim, two ways to enforce it: both games speak of the same words of the same states.
#[test]
fn the_trace_game_commits_to_the_same_states() {
    let (opening, ..) = honest();
    let claim = &opening.claim;
    let image = image(&["crc32"]);
    let mut trace = Trace::honest(&image, INPUT, LENGTH, 1 << 20).unwrap();
    let hasher = trace.hasher().clone();
    let size = Size {
        cpu_bits: 12,
        memory_bits: 14,
    };
    let mut run = Run::new(&image, INPUT, size).unwrap();
    let mut boundaries = vec![run.state()];
    while let Some(segment) = run.next_segment().unwrap() {
        boundaries.push(segment.boundary.after);
    }
    assert!(boundaries.len() > 2);
    for state in &boundaries {
        let machine = trace.machine_at(state.step).unwrap();
        assert_eq!(machine.cpu(), state.cpu);
        let tree = Tree::new(machine.memory(), machine.registers());
        assert_eq!(tree.root(), state.root);
    }

    // Regions: the same subtrees, under the two hash functions.
    let region = LENGTH.region_level();
    let mut nodes = |step: u64, address: u32| {
        let memory = trace.machine_at(step).unwrap().memory().clone();
        let theirs = MemoryTree::of(hasher.clone(), &memory).node(region, address);
        (
            theirs,
            Tree::new(&memory, &[0; 32]).node(region_node(address)),
        )
    };
    let steps = boundaries[boundaries.len() - 1].step;
    let input = nodes(0, INPUT_REGION);
    let output = nodes(steps, OUTPUT);
    assert_eq!(input, (trace.claim().input, claim.input));
    assert_eq!(output, (trace.claim().output, claim.output));
    assert_eq!(trace.claim().steps, steps);

    // BOOT is the state whose root is the program: the image without input.
    let empty = Run::new(&image, b"", size).unwrap().state();
    assert_eq!(empty.root, claim.program);
    assert_eq!(boundaries[0].cpu, empty.cpu);
    let mut without = Trace::honest(&image, b"", LENGTH, 1 << 20).unwrap();
    assert_eq!(without.state_digest(0).unwrap(), trace.boot());
}

/// What changes a part of the one claim changes that part of the other, and no other part.
#[test]
fn the_trace_game_tells_the_same_claims_apart() {
    let parts = |args: &[&str], input: &[u8]| {
        let image = image(args);
        let trace = Trace::honest(&image, input, LENGTH, 1 << 20).unwrap();
        let claim = Opening::new(&image, input, 1 << 20).unwrap().claim;
        let theirs = trace.claim();
        (
            [trace.boot(), theirs.input, theirs.output],
            [claim.program, claim.input, claim.output],
        )
    };
    let (theirs, ours) = parts(&["crc32"], INPUT);
    for (args, input, changed) in [
        (["crc32"], INPUT, [false, false, false]),
        (["crc33"], INPUT, [true, false, false]),
        (["crc32"], b"123456780", [false, true, true]),
    ] {
        let (their, our) = parts(&args, input);
        assert_eq!([0, 1, 2].map(|i| their[i] != theirs[i]), changed);
        assert_eq!([0, 1, 2].map(|i| our[i] != ours[i]), changed);
    }
}

#[test]
fn runs_without_a_claim() {
    let image = image(&["crc32"]);
    let error = Opening::new(&image, INPUT, 10).unwrap_err();
    let ClaimError::Machine(error) = error else {
        panic!("{error}");
    };
    assert_eq!(error.cause, Cause::StepLimit { limit: 10 });
    let output = vec![0; OUTPUT_CAPACITY as usize + 1];
    assert_eq!(
        Claim::new(&image, INPUT, &output, 0),
        Err(ClaimError::OutputTooLong {
            length: output.len()
        })
    );
    // lui t0, 0xb000; sw sp, 64(t0); then exit: a word that is no part of the output.
    let code = [0x3c08_b000, 0xad1d_0040, 0x0000_000c];
    let image = Image::bare(ByteOrder::Big, 0x1_0000, &code).unwrap();
    assert_eq!(
        Opening::new(&image, b"", 100).unwrap_err(),
        ClaimError::OutputRegion
    );
}
