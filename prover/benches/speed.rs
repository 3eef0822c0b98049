//! What is cheap to measure of the prover: verification, and the tables that are proved. `cargo bench -p gavel-prover`.
//!
//! `gavel prove` says itself how long its stages take.

use std::hint::black_box;

use ark_bn254::{Bn254, Fr, G1Projective, G2Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::Field;
use ark_groth16::{Proof, VerifyingKey};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use gavel_prover::segment::{Run, Size};
use gavel_prover::stark::proof;
use gavel_prover::wrap::groth16;
use gavel_prover::wrap::statement::Statement;
use gavel_vm::image::Image;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;

/// A key with one public input, and a proof of the statement by who knows the key's secret. It is verified like any other:
/// the size of the circuit makes no difference.
fn simulated(statement: &Statement) -> (VerifyingKey<Bn254>, Proof<Bn254>) {
    let [alpha, beta, gamma, delta, constant, input, a, b] =
        [3u64, 5, 7, 11, 13, 17, 19, 23].map(|seed| Fr::from(seed).pow([65_537]));
    let g1 = |scalar: Fr| (G1Projective::generator() * scalar).into_affine();
    let g2 = |scalar: Fr| (G2Projective::generator() * scalar).into_affine();
    let public = constant + input * statement.public_input();
    let c = (a * b - alpha * beta - public * gamma) / delta;
    let key = VerifyingKey {
        alpha_g1: g1(alpha),
        beta_g2: g2(beta),
        gamma_g2: g2(gamma),
        delta_g2: g2(delta),
        gamma_abc_g1: vec![g1(constant), g1(input)],
    };
    let proof = Proof {
        a: g1(a),
        b: g2(b),
        c: g1(c),
    };
    (key, proof)
}

fn bytes(value: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.serialize_compressed(&mut bytes).expect("bytes");
    bytes
}

fn groth16(c: &mut Criterion) {
    let statement = Statement([0xa7; 32]);
    let (key, proof) = simulated(&statement);
    let verify = |key: &_, proof: &_| groth16::verify(key, &statement, proof).expect("one input");
    assert!(verify(&key, &proof));
    let mut group = c.benchmark_group("groth16");
    group.bench_function("verify", |b| {
        b.iter(|| verify(black_box(&key), black_box(&proof)));
    });
    // As `gavel verify` gets them: every point is checked.
    let (key, proof) = (bytes(&key), bytes(&proof));
    group.bench_function("read and verify", |b| {
        b.iter(|| {
            let key = VerifyingKey::deserialize_compressed(black_box(&key[..])).expect("a key");
            let proof = Proof::deserialize_compressed(black_box(&proof[..])).expect("a proof");
            verify(&key, &proof)
        });
    });
    group.finish();
}

/// The start of the C CRC-32.
fn run(size: Size) -> Run {
    let elf = include_bytes!("../../vm/programs/elf/c-crc32-be.elf");
    let image = Image::new(elf, &supervisor::linux(ByteOrder::Big), &["crc32"]).expect("an image");
    Run::new(&image, b"123456789", size).expect("a run")
}

fn segment(c: &mut Criterion) {
    let mut group = c.benchmark_group("segment");
    group.sample_size(10);
    let segment = |mut run: Run| run.next_segment().expect("steps").expect("a segment");
    let size = Size {
        cpu_bits: 6,
        memory_bits: 10,
    };
    let proof = proof::prove(&segment(run(size))).expect("a proof");
    group.bench_function("verify a STARK", |b| {
        b.iter(|| proof::verify(black_box(&proof)).expect("valid"));
    });
    let size = Size {
        cpu_bits: 13,
        memory_bits: 12,
    };
    let boundary = segment(run(size)).boundary;
    group.throughput(Throughput::Elements(
        boundary.after.step - boundary.before.step,
    ));
    group.bench_function("tables", |b| {
        b.iter_batched(|| run(size), segment, BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, groth16, segment);
criterion_main!(benches);
