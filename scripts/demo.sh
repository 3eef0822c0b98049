#!/usr/bin/env bash
# Two disputes about the run of a Go program: an operator that lies about one instruction, and one that does not but is challenged.
set -euo pipefail
cd "$(dirname "$0")/.."
gavel=${CARGO_TARGET_DIR:-target}/release/gavel

echo "== What is run =="
"$gavel" run vm/programs/elf/go-hello-be.elf
echo
echo "== A lie: one arithmetic instruction gives another result =="
"$gavel" demo --program vm/programs/elf/go-hello-be.elf --lie arithmetic "$@"
echo
echo "== The truth, challenged: nobody can refute it =="
"$gavel" demo --program vm/programs/elf/go-hello-be.elf --lie baseless-challenge "$@"
echo
echo "== The truth, unchallenged =="
"$gavel" demo --program vm/programs/elf/go-hello-be.elf "$@"
