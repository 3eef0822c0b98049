//! How long the proof of a hash leaf takes.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gavel_script_gen::analysis::analyse;
use gavel_script_gen::blake3::{Compression, DigestWords, MessageWord};
use gavel_script_gen::script;
use gavel_script_gen::winternitz::{Digits, GameSeed, Order, Shape, open_all};

fn hash_leaf(criterion: &mut Criterion) {
    let seed = GameSeed::new(&[1; 32], &[2; 32]);
    let [left, right] =
        ["left", "right"].map(|name| seed.secret_key(Shape::DIGEST_256, name).public_key());
    let (key, message) = ([0x1234_5678; 8], [MessageWord::Stack; 16]);
    let compression = Compression::keyed_hash(key, message, DigestWords::Eight, 0);
    let leaf = script! {
        {open_all(&[&left, &right], Digits::Doubled, Order::FirstDeepest)}
        {compression.digest_script()}
        {(0..64).map(|_| script! { 0 OP_EQUALVERIFY })}
        1
    };
    let items = 2 * Shape::DIGEST_256.witness_items();
    analyse(&leaf, items).expect("provable");
    criterion.bench_function("analysis/hash_leaf", |bencher| {
        bencher.iter(|| analyse(black_box(&leaf), items));
    });
    criterion.bench_function("analysis/compile_hash", |bencher| {
        bencher.iter(|| black_box(&compression).digest_script());
    });
}

criterion_group!(benches, hash_leaf);
criterion_main!(benches);
