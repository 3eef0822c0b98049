//! Speed of the machine. `cargo bench -p gavel-vm`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gavel_vm::digest::DigestLength;
use gavel_vm::image::Image;
use gavel_vm::machine::Machine;
use gavel_vm::memory::ByteOrder;
use gavel_vm::supervisor;
use gavel_vm::trace::{Claim, Trace};

/// A loop of eight instructions: sums, logic, a load and a store.
const TIGHT_LOOP: [u32; 9] = [
    0x3c04_0002, // lui   a0, 2
    0x2442_0001, // addiu v0, v0, 1
    0x0062_1821, // addu  v1, v1, v0
    0x0002_2940, // sll   a1, v0, 5
    0x00a3_2826, // xor   a1, a1, v1
    0x8c86_0000, // lw    a2, 0(a0)
    0x00c5_3021, // addu  a2, a2, a1
    0x1000_fff9, // b     -6
    0xac86_0000, // sw    a2, 0(a0)
];

/// SHA-256 of its input with Go's standard library.
const GO_SHA256: &[u8] = include_bytes!("../programs/elf/go-sha256-be.elf");
/// Hashing this takes 114 million steps.
const INPUT_LENGTH: usize = 1 << 20;

fn tight_loop() -> Image {
    Image::bare(ByteOrder::Big, 0x1_0000, &TIGHT_LOOP).expect("the loop is small")
}

fn go_sha256() -> (Image, Vec<u8>) {
    let supervisor = supervisor::linux(ByteOrder::Big);
    let image = Image::new(GO_SHA256, &supervisor, &["sha256"]).expect("a static executable");
    (image, (0..INPUT_LENGTH).map(|i| i as u8).collect())
}

fn plain(c: &mut Criterion) {
    let steps = 10_000_000;
    let mut group = c.benchmark_group("plain");
    group
        .throughput(Throughput::Elements(steps))
        .sample_size(10);
    let mut machine = Machine::new(&tight_loop(), b"").expect("no input");
    group.bench_function("tight loop", |b| {
        b.iter(|| {
            machine
                .run_to(machine.steps() + steps)
                .expect("the loop never ends")
        });
    });
    let (image, input) = go_sha256();
    let start = Machine::new(&image, &input).expect("the input fits");
    let steps = start.clone().run(u64::MAX).expect("the program ends").steps;
    group.throughput(Throughput::Elements(steps));
    group.bench_function("Go SHA-256", |b| {
        b.iter_with_setup(
            || start.clone(),
            |mut machine| machine.run(u64::MAX).expect("the program ends"),
        );
    });
    group.finish();
}

/// The words of consecutive steps.
fn rows(c: &mut Criterion) {
    let (image, input) = go_sha256();
    let steps = 1_000_000;
    let mut machine = Machine::new(&image, &input).expect("the input fits");
    machine.run_to(20_000_000).expect("the program is longer");
    let mut group = c.benchmark_group("rows");
    group
        .throughput(Throughput::Elements(steps))
        .sample_size(10);
    group.bench_function("Go SHA-256", |b| {
        b.iter(|| {
            (0..steps).fold(0, |sum, _| {
                sum ^ machine.step().map_or(0, |words| words.result)
            })
        });
    });
    group.finish();
}

/// Whole witnesses of consecutive steps.
fn witnesses(c: &mut Criterion) {
    let (image, input) = go_sha256();
    let mut trace =
        Trace::honest(&image, &input, DigestLength::Bits256, u64::MAX).expect("the program ends");
    let steps = 1_000_000;
    let mut group = c.benchmark_group("witnesses");
    group
        .throughput(Throughput::Elements(steps))
        .sample_size(10);
    group.bench_function("Go SHA-256", |b| {
        b.iter(|| {
            let mut last = trace.boot();
            let each = |witness: &gavel_vm::witness::StepWitness| last = witness.state_after;
            trace
                .for_each_witness(20_000_000, steps, each)
                .expect("the program is longer");
            last
        });
    });
    group.finish();
}

/// The digests that a round of 16 intervals over a run of 2^30 steps discloses, once the run has been recorded: recording is a
/// plain run that keeps snapshots. To be compared with as many steps of the plain loop.
fn disclosure(c: &mut Criterion) {
    let steps = 1 << 30;
    let image = tight_loop();
    let none = Trace::honest(
        &Image::bare(ByteOrder::Big, 0x1_0000, &[12]).expect("small"),
        b"",
        DigestLength::Bits256,
        10,
    );
    let claim = Claim {
        steps,
        ..none.expect("one system call").claim()
    };
    let mut trace = Trace::challenge(&image, b"", DigestLength::Bits256, claim).expect("no input");
    let mut group = c.benchmark_group("disclosure");
    group
        .throughput(Throughput::Elements(steps))
        .sample_size(10);
    group.bench_function("16 intervals of 2^30 steps", |b| {
        let indices: Vec<u64> = (1..16).map(|m| m * (steps / 16)).collect();
        b.iter(|| trace.digests(&indices).expect("the loop never ends"));
    });
    group.finish();
}

criterion_group!(benches, plain, rows, witnesses, disclosure);
criterion_main!(benches);
