//! SHA-256 of the input, without a standard library.
#![no_std]
#![no_main]

use gavel_guest::{Hex, Sha256, Verdict, exit, fill, finish};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    exit(101)
}

#[unsafe(no_mangle)]
extern "C" fn run() -> ! {
    let (mut hash, mut buffer) = (Sha256::new(), [0; 4096]);
    loop {
        match fill(&mut buffer) {
            None => exit(2),
            Some(0) => finish(Verdict(Ok::<_, &str>(Hex(hash.finish())))),
            Some(length) => hash.update(&buffer[..length]),
        }
    }
}
