//! Speed of the machine. `cargo bench -p gavel-vm`.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gavel_vm::image::Image;
use gavel_vm::machine::Machine;
use gavel_vm::memory::ByteOrder;

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

fn plain(c: &mut Criterion) {
    let image = Image::bare(ByteOrder::Big, 0x1_0000, &TIGHT_LOOP).expect("the loop is small");
    let steps = 10_000_000;
    let mut group = c.benchmark_group("plain");
    group
        .throughput(Throughput::Elements(steps))
        .sample_size(10);
    let mut machine = Machine::new(&image, b"").expect("no input");
    group.bench_function("tight loop", |b| {
        b.iter(|| {
            machine
                .run_to(machine.steps() + steps)
                .expect("the loop never ends")
        });
    });
    group.finish();
}

criterion_group!(benches, plain);
criterion_main!(benches);
