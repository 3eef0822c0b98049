//! How long it takes to make, prove and hash all leaves of one dispute, keys included. `cargo bench -p gavel-ocp`.

use criterion::{Criterion, criterion_group, criterion_main};
use gavel_ocp::{measure, plan::default_params};
use gavel_vm::digest::DigestLength;

fn leaves(c: &mut Criterion) {
    let mut group = c.benchmark_group("leaves");
    group.sample_size(10);
    for digest in [DigestLength::Bits256, DigestLength::Bits160] {
        let params = default_params(u64::from(u32::MAX), 1, digest);
        group.bench_function(format!("{}-bit digests", digest.bits()), |b| {
            b.iter(|| measure::leaves(&params).expect("provable leaves"));
        });
    }
    group.finish();
}

criterion_group!(benches, leaves);
criterion_main!(benches);
