#!/bin/sh
# Builds bitcoind and bitcoin-cli from the Bitcoin Core source that the crate libbitcoinkernel-sys carries, so that the
# daemon that judges our transactions is the same release as the library in process. Prints the path of bitcoind.
#
# The result goes to GAVEL_BITCOIN_CACHE (default: gavel/bitcoin in the user's cache folder, for all clones) and is reused as
# long as the crate's version and the build flags stay the same. JOBS is the number of parallel compilations (default: all cores).
# Debian packages: g++ cmake ninja-build libboost-dev libevent-dev. Twelve minutes on one core.
set -eu

repository=$(cd "$(dirname "$0")/.." && pwd)
cache=${GAVEL_BITCOIN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gavel/bitcoin}
jobs=${JOBS:-$(nproc)}

# No wallet (the harness holds its own keys), and no embedded asmap: the crate leaves its data file out.
flags="-DCMAKE_BUILD_TYPE=Release -DBUILD_DAEMON=ON -DBUILD_CLI=ON -DBUILD_TESTS=OFF -DBUILD_BENCH=OFF -DBUILD_TX=OFF
-DBUILD_UTIL=OFF -DENABLE_WALLET=OFF -DENABLE_IPC=OFF -DWITH_EMBEDDED_ASMAP=OFF"

fail() {
    echo "build-bitcoind: $1" >&2
    exit 1
}

for tool in cargo cmake ninja; do
    command -v "$tool" >/dev/null || fail "$tool is missing; on Debian: apt-get install g++ cmake ninja-build libboost-dev libevent-dev"
done

manifest=$(cd "$repository" && cargo metadata --format-version 1 --locked |
    grep -o '"manifest_path":"[^"]*libbitcoinkernel-sys[^"]*/Cargo.toml"' | head -n 1 | cut -d '"' -f 4)
[ -n "$manifest" ] || fail "cargo metadata does not know the crate libbitcoinkernel-sys"
crate=$(dirname "$manifest")

# The stamp names all that the binaries depend on; it is written last, so an interrupted build is never taken for done.
stamp="$(basename "$crate") $(echo "$flags" | tr '\n' ' ')"
if [ -x "$cache/bin/bitcoind" ] && [ -x "$cache/bin/bitcoin-cli" ] && [ "$(cat "$cache/stamp" 2>/dev/null)" = "$stamp" ]; then
    echo "$cache/bin/bitcoind"
    exit 0
fi

mkdir -p "$cache/bin"
rm -f "$cache/stamp"
# A folder of its own: another clone may build at the same time.
build=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$build"' EXIT
# shellcheck disable=SC2086 # the flags are separate words
cmake -S "$crate/bitcoin" -B "$build" -G Ninja $flags >&2
ninja -C "$build" -j "$jobs" bitcoind bitcoin-cli >&2
for binary in bitcoind bitcoin-cli; do
    strip -o "$build/$binary" "$build/bin/$binary"
    mv "$build/$binary" "$cache/bin/$binary"
done
printf '%s\n' "$stamp" >"$cache/stamp"
echo "$cache/bin/bitcoind"
