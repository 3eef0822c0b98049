#!/usr/bin/env bash
# Makes sure that the system has what is needed: `setup.sh` for a build and the demo, `setup.sh test` for the tests too,
# `setup.sh all` for the heavy ones too. As root on Debian it installs what is missing; otherwise it says exactly what to install.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
needs_command() { # COMMAND PACKAGE
  command -v "$1" >/dev/null || missing+=("$2")
}
needs_file() { # FILE PACKAGE
  [ -e "$1" ] || missing+=("$2")
}

# Bitcoin Core's validation library, which cargo builds; cargo checks the registry's certificate.
needs_command g++ g++
needs_command cmake cmake
needs_command ninja ninja-build
needs_file /usr/include/boost/version.hpp libboost-dev
needs_file /etc/ssl/certs/ca-certificates.crt ca-certificates
case "${1:-build}" in
test | all)
  # The daemon.
  needs_command pkg-config pkg-config
  needs_file /usr/include/event2/event.h libevent-dev
  # Guest programs: built again, and run on another machine.
  needs_command mips-linux-gnu-gcc gcc-mips-linux-gnu
  needs_command mipsel-linux-gnu-gcc gcc-mipsel-linux-gnu
  needs_command qemu-mips qemu-user
  needs_command qemu-mipsel qemu-user
  ;;
esac
[ "${1:-build}" != all ] || needs_command go golang-go

if [ "${#missing[@]}" -gt 0 ]; then
  mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing: ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Missing system packages. Install them (these are their names on Debian) with:" >&2
    echo "  sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi

oldest=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
rust=$(cargo --version 2>/dev/null | cut -d ' ' -f 2) || rust=none
if [ "$rust" = none ] || [ "$(printf '%s\n' "$oldest" "$rust" | sort -V | head -n 1)" != "$oldest" ]; then
  echo "Rust $oldest or newer is needed, found: $rust. https://rustup.rs says how to install it:" >&2
  echo "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" >&2
  exit 1
fi
