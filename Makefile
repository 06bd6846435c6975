# make help says what there is.

PREFIX ?= /usr/local
DESTDIR ?=
UNITDIR ?= $(PREFIX)/lib/systemd/system
SHELL := /bin/sh
ARCH := $(shell uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
# The project's own Node, whatever the machine has.
NODE := node_modules/node-linux-$(ARCH)/bin/node
BINARY := dist/memory_exporter
# What is printed is the same whatever machine the binary is for.
PRINT := $(NODE) src/main.ts print
SHARE := $(DESTDIR)$(PREFIX)/share
# Files that go with the binary, each with the words behind "print" that give it.
UNITS := memory_exporter.service:serve memory_exporter-push.service:push memory_exporter-textfile.service:textfile \
  memory_exporter-textfile.timer:textfile-timer
COMPLETIONS := bash-completion/completions/memory_exporter:bash zsh/site-functions/_memory_exporter:zsh \
  fish/vendor_completions.d/memory_exporter.fish:fish
INSTALLED := $(DESTDIR)$(PREFIX)/bin/memory_exporter $(SHARE)/man/man1/memory_exporter.1 \
  $(foreach unit,$(UNITS),$(DESTDIR)$(UNITDIR)/$(firstword $(subst :, ,$(unit)))) \
  $(foreach shell,$(COMPLETIONS),$(SHARE)/$(firstword $(subst :, ,$(shell))))
SOURCES := $(shell find src -type f) build.ts $(wildcard packaging/*.ts) package.json package-lock.json tsconfig.json

.DEFAULT_GOAL := help
.PHONY: help run build release version test test-long test-deno check format docs bench soak fuzz install uninstall clean

help: ## Show this text
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

run: build ## Build the executable and serve this machine's memory on :9101
	$(BINARY) $(ARGS)

build: $(BINARY) ## Build dist/memory_exporter and dist/memory_exporter.mjs

# Each commit is a line of this log: the revision is stamped in.
$(BINARY): node_modules/.package-lock.json $(SOURCES) $(wildcard $(shell git rev-parse --git-path logs/HEAD 2>/dev/null))
	$(NODE) build.ts

release: node_modules/.package-lock.json ## Make what is published in dist/release: tarballs, packages, image, sums, bill of materials
	$(NODE) packaging/release.ts

version: ## Show the version, which package.json has
	@sed -n 's/^  "version": "\(.*\)",$$/\1/p' package.json

node_modules/.package-lock.json: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

test: build ## Test the sources, the bundle and the executable, on Node and Deno
	$(NODE) test/run.ts

test-long: build release ## Test what takes minutes: soak, siege, a million mutations, torture of the sources, what is released
	$(NODE) test/run.ts --tier=long

test-deno: node_modules/.package-lock.json ## Test the sources on Deno alone
	$(NODE) test/run.ts --form=source-deno

check: node_modules/.package-lock.json ## Check types, lint, format and generated docs
	node_modules/.bin/tsc --project .
	node_modules/.bin/tsc --project src/web/page/browser
	node_modules/.bin/biome ci --colors=off --error-on-warnings
	$(NODE) docs/metrics.ts --check
	$(NODE) docs/configuration.ts --check

format: node_modules/.package-lock.json ## Format the sources
	node_modules/.bin/biome check --write

docs: node_modules/.package-lock.json ## Write docs/metrics.md and docs/configuration.md from what they describe
	$(NODE) docs/metrics.ts
	$(NODE) docs/configuration.ts

bench: build ## Measure against the floors and the peers
	$(NODE) bench/bench.ts $(ARGS)

soak: build ## Run commands for hours and watch for leaks
	$(NODE) test/torture/soak.ts --runs=500000

fuzz: node_modules/.package-lock.json ## Read mutated outputs for ten minutes (ARGS="--seconds=3600 --seed=1")
	$(NODE) test/fuzz/fuzz.ts $(ARGS)

install: $(BINARY) ## Install binary, systemd units, manual and completions under PREFIX (/usr/local), below DESTDIR
	@umask 022 && mkdir -p $(dir $(INSTALLED))
	@# Moved over the old one, which may be running.
	install -m 0755 $(BINARY) $(DESTDIR)$(PREFIX)/bin/.memory_exporter.new
	mv -f $(DESTDIR)$(PREFIX)/bin/.memory_exporter.new $(DESTDIR)$(PREFIX)/bin/memory_exporter
	@umask 022 && for unit in $(UNITS); do \
	  $(PRINT) systemd-unit $${unit#*:} --print.program=$(PREFIX)/bin/memory_exporter > $(DESTDIR)$(UNITDIR)/$${unit%:*} || exit 1; \
	done
	@umask 022 && for shell in $(COMPLETIONS); do $(PRINT) completion $${shell#*:} > $(SHARE)/$${shell%:*} || exit 1; done
	@umask 022 && $(PRINT) man > $(SHARE)/man/man1/memory_exporter.1
	@[ -n "$(DESTDIR)" ] || printf '%s\n' "Installed in $(PREFIX). Next, as root:" \
	  "  $(PREFIX)/bin/memory_exporter print defaults > /etc/default/memory_exporter   # flags; once" \
	  "  systemctl daemon-reload && systemctl enable memory_exporter && systemctl restart memory_exporter"

uninstall: ## Take away what install has put there
	rm -f $(INSTALLED)

clean: ## Take away what was built
	rm -rf dist
