# Gavel. `make demo` plays disputes on Bitcoin Core; `make test` checks everything that a change must keep.
# One profile (release) everywhere: Bitcoin Core is then compiled once.

CARGO ?= cargo
export CARGO_TERM_COLOR ?= auto
# Where rustup puts cargo, for shells that were open before.
export PATH := $(PATH):$(HOME)/.cargo/bin

.PHONY: all setup bitcoind demo test test-all bench fmt

all: test

# Installs all Debian packages that a build or a test needs, or says which are missing. Every target asks for its own.
setup:
	@scripts/setup.sh all

# The real daemon, built once from the source that the kernel crate carries.
bitcoind:
	@scripts/setup.sh test
	@scripts/build-bitcoind.sh

demo:
	@scripts/setup.sh
	$(CARGO) build --release --package gavel
	@scripts/demo.sh

test: bitcoind
	$(CARGO) fmt --all --check
	$(CARGO) clippy --release --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --workspace --no-deps
	$(CARGO) test --release --workspace

# The heavy suites: all scenarios on both chains, the long programs.
test-all: test
	@scripts/setup.sh all
	GAVEL_TEST_ALL=1 $(CARGO) test --release --workspace

# The figures of docs/speed.md; several minutes, on an idle machine.
bench:
	@scripts/setup.sh
	$(CARGO) bench --workspace

fmt:
	$(CARGO) fmt --all
