//! Changed inputs: the guest says what the native verifier says.

use ark_serialize::Compress;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::guest::{GUEST, Parts, library, native};
use crate::mutation::mutated;
use crate::verifier::cases;

/// One input for each seed: a stored one with one change.
fn input(seed: u64) -> Vec<u8> {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let parts = Parts::stored([0, 1, 2][seed as usize % 3]);
    if seed.is_multiple_of(2) {
        mutated(&mut rng, &parts, Compress::Yes)
    } else {
        mutated(&mut rng, &parts.uncompressed(), Compress::No)
    }
}

#[test]
fn changed_inputs_on_the_host() {
    let mut rejected = 0;
    for seed in 0..cases(250) {
        let input = input(seed);
        let verdict = native(&input);
        assert_eq!(library(&input), verdict, "seed {seed}");
        rejected += u64::from(verdict.starts_with("rejected"));
    }
    // Some changes leave the input as it was.
    assert!(rejected > cases(200), "{rejected}");
}

#[test]
fn changed_inputs_on_the_machine() {
    for seed in 10_000..10_000 + cases(30) {
        let input = input(seed);
        let (verdict, _) = GUEST.machine(&input, seed as usize / 2 % 2);
        assert_eq!(verdict, native(&input), "seed {seed}");
    }
}
