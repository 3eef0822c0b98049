#!/usr/bin/env bash
# Three games about the run of a Go program: an operator that lies about one instruction, one that does not but is challenged, and
# one that nobody challenges. Then two about a Groth16 proof: a false value in the middle of its check, and the truth, challenged.
# Options, such as --bitcoind, are those of `gavel demo`.
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
echo
echo "== A proof, and a lie about a value in the middle of its check =="
gavel demo --game proof --lie middle "$@"
echo
echo "== The same proof, asserted truly: no leaf refutes it =="
gavel demo --game proof "$@"
