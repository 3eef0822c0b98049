//! Each function beside arkworks'. `cargo bench -p gavel-bn254`.

use std::hint::black_box;

use ark_bn254::{Fr, G1Projective, G2Projective};
use ark_ec::VariableBaseMSM;
use ark_ec::scalar_mul::{BatchMulPreprocessing, ScalarMul};
use ark_ff::UniformRand;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use gavel_bn254::poseidon::{NODE, NODE_WIDTH, SPONGE, SPONGE_WIDTH};
use gavel_bn254::{Extension, sum_in_g1, sum_in_g2};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

fn elements(count: usize) -> Vec<Fr> {
    let mut random = ChaCha20Rng::seed_from_u64(1);
    (0..count).map(|_| Fr::rand(&mut random)).collect()
}

fn sum<G>(c: &mut Criterion, name: &str, count: usize, gavel: fn(&[G::MulBase], &[Fr]) -> G)
where
    G: ScalarMul<ScalarField = Fr> + VariableBaseMSM,
{
    let scalars = elements(count);
    let points = BatchMulPreprocessing::new(G::generator(), count).batch_mul(&scalars);
    let mut group = c.benchmark_group(name);
    group.sample_size(10);
    group.bench_function("gavel", |b| {
        b.iter(|| gavel(&points, &scalars));
    });
    group.bench_function("arkworks", |b| {
        b.iter(|| G::msm_unchecked(&points, &scalars));
    });
    group.finish();
}

fn sums(c: &mut Criterion) {
    sum::<G1Projective>(c, "sum of 2^18 multiples in G1", 1 << 18, sum_in_g1);
    sum::<G2Projective>(c, "sum of 2^16 multiples in G2", 1 << 16, sum_in_g2);
}

fn extension(c: &mut Criterion) {
    let values = elements(1 << 18);
    let domain = Radix2EvaluationDomain::<Fr>::new(values.len()).expect("a domain");
    let twice = Radix2EvaluationDomain::<Fr>::new(2 * values.len()).expect("a domain");
    let coset = domain.get_coset(twice.group_gen()).expect("a coset");
    let mut group = c.benchmark_group("extension of 2^18 values");
    group.sample_size(10);
    group.bench_function("gavel, factors", |b| {
        b.iter(|| Extension::new(values.len(), coset.offset));
    });
    let extension = Extension::new(values.len(), coset.offset).expect("an extension");
    group.bench_function("gavel", |b| {
        b.iter_batched(
            || values.clone(),
            |values| extension.extend(values),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("arkworks", |b| {
        b.iter_batched(
            || values.clone(),
            |mut values| {
                domain.ifft_in_place(&mut values);
                coset.fft_in_place(&mut values);
                values
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn permutations(c: &mut Criterion) {
    let mut group = c.benchmark_group("Poseidon");
    let mut node = [Fr::from(3); NODE_WIDTH];
    group.bench_function("width 3", |b| b.iter(|| NODE.permute(black_box(&mut node))));
    let mut sponge = [Fr::from(3); SPONGE_WIDTH];
    group.bench_function("width 9", |b| {
        b.iter(|| SPONGE.permute(black_box(&mut sponge)));
    });
    group.finish();
}

criterion_group!(benches, sums, extension, permutations);
criterion_main!(benches);
