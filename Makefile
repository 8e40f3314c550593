# What people and the build machine type. Each target says what it does: `make help`.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CONSOLE := web/console

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: console ## build console and program, start the demo with synthetic data
	cargo build --package web --bin helpline
	exec target/debug/helpline demo

.PHONY: build
build: console ## the release binary target/release/helpline, console inside
	cargo build --release --package web --bin helpline

.PHONY: console
console: $(CONSOLE)/dist/index.html

# `npm install` keeps to the lock file as `npm ci` does, and does not insist on the optional packages of
# other platforms, which not every registry carries.
$(CONSOLE)/node_modules/.package-lock.json: $(CONSOLE)/package-lock.json $(CONSOLE)/package.json
	cd $(CONSOLE) && npm install --no-audit --no-fund
	touch $@

$(CONSOLE)/dist/index.html: $(CONSOLE)/node_modules/.package-lock.json $(shell find $(CONSOLE)/src $(CONSOLE)/*.html $(CONSOLE)/*.ts -type f 2>/dev/null)
	cd $(CONSOLE) && npm run build
	touch $@

.PHONY: test
test: ## everything, from formatting to real telephones; installs what it needs
	scripts/setup-tests
	scripts/test-all

.PHONY: test-fast
test-fast: ## what one runs every few minutes: format, tidy, unit and property tests
	cargo fmt --all --check
	cargo xtask tidy
	cargo nextest run --workspace --lib --bins

.PHONY: bench
bench: ## figures with units: the floor, the calls, the search (nothing is asserted)
	scripts/bench

.PHONY: bench-media
bench-media: ## the audio path alone, calls and rooms of three; rtpengine beside it if it is installed
	cargo build --release --package tests --bins
	ulimit -n "$$(ulimit -Hn)"; target/release/load media --calls 50,200,400 --rooms 50,100 --set-ups 200 \
	  $$(command -v rtpengine > /dev/null && echo --peer rtpengine || true)

.PHONY: bench-large
bench-large: ## the audio path at the sizes of a large helpline, on all cores
	cargo build --release --package tests --bins
	ulimit -n "$$(ulimit -Hn)"; target/release/load media --calls 800,1200 --rooms 200 --seconds 20 --server=--threads=0

.PHONY: soak
soak: ## a million packets that went wrong, with calls up; SOAK_SECONDS=3600 adds 200 calls for an hour
	cargo build --release --package tests --bins
	target/release/load storm
	target/release/load media --calls 200 --seconds $${SOAK_SECONDS:-120}
