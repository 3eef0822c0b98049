#!/usr/bin/env bash
# Makes sure that the system has what a build and the tests need (Debian packages and a Rust toolchain).
# As root it installs what is missing; otherwise it says exactly what to install.
# `setup.sh all` also asks for what only the heavy suites need.
set -euo pipefail

declare -A package_of=(
  [g++]=g++ [cmake]=cmake [ninja]=ninja-build [pkg-config]=pkg-config [git]=git
  [qemu-mips]=qemu-user [qemu-mipsel]=qemu-user
  [mips-linux-gnu-gcc]=gcc-mips-linux-gnu [mipsel-linux-gnu-gcc]=gcc-mipsel-linux-gnu
)
[ "${1:-}" = all ] && package_of[go]=golang-go
missing=()
for command in "${!package_of[@]}"; do
  command -v "$command" >/dev/null || missing+=("${package_of[$command]}")
done
[ -e /usr/include/boost/version.hpp ] || missing+=(libboost-dev)
[ -e /usr/include/event2/event.h ] || missing+=(libevent-dev)

if [ "${#missing[@]}" -gt 0 ]; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Missing system packages. Install them with:" >&2
    echo "  sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi

if ! command -v cargo >/dev/null; then
  echo "Missing: the Rust toolchain (1.90 or newer), see rustup or the Debian package of your release." >&2
  exit 1
fi
