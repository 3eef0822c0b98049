#!/usr/bin/env bash
# Three games about the run of a Go program: an operator that lies about one instruction, one that does not but is challenged, and
# one that nobody challenges. Options, such as --bitcoind, are those of `gavel demo`.
set -euo pipefail
cd "$(dirname "$0")/.."
program=vm/programs/elf/go-hello-be.elf

gavel() {
    cargo run --release --quiet --package gavel -- "$@"
}

echo "== What is run =="
gavel run "$program"
echo
echo "== A lie: one arithmetic instruction gives another result =="
gavel demo --program "$program" --lie arithmetic "$@"
echo
echo "== The truth, challenged: nobody can refute it =="
gavel demo --program "$program" --lie baseless-challenge "$@"
echo
echo "== The truth, unchallenged =="
gavel demo --program "$program" "$@"
