# tagscan: what can be made. `make` alone prints this list.
GO        ?= go
BIN       := bin/tagscan
VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS   := -s -w -X main.version=$(VERSION)
# Pinned: a newer linter must not break an old commit.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
CYCLONEDX   := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0
# Two packages at once, each with up to two browsers: more than that waits for the processor, and so does every page.
TESTFLAGS ?= -p 2 -timeout 40m

.DEFAULT_GOAL := help
.PHONY: help
help: ## list what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/tagscan
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/tagscan

.PHONY: demo
demo: browser build ## serve the fixture of the breach on loopback, scan it, show the report
	./$(BIN) demo

.PHONY: serve-demo
serve-demo: browser build ## watch the fixture site, with an invented month to look at: the page of tagscan serve
	./$(BIN) demo --watch

.PHONY: test
test: browser shell node openssl pipeline ## everything: a real browser, real vendor SDKs from npm
	$(GO) test $(TESTFLAGS) ./...

.PHONY: test-short
test-short: openssl ## the tests that need neither a browser nor npm
	$(GO) test ./crawler ./crawler/record/... ./crawler/web ./crawler/signal ./crawler/capture/... ./crawler/secret ./crawler/redact ./crawler/har ./crawler/discover ./detect/... ./report/... ./cmd/internal/store ./cmd/internal/schedule ./cmd/internal/serve

# These go through very many inputs in one goroutine, ten times as slowly under the race detector; make test runs them.
ONE_BY_ONE := TestABombCostsNothing|TestManyBombsAreHeldInLittleMemory|TestEveryByteIsNoticed|TestNoManifestHidesDamage|TestHARSizeDoesNotMatter|TestSitemapBombIsCut

.PHONY: race
race: ## the packages without a browser, under the race detector
	$(GO) test -race -timeout 15m -skip '$(ONE_BY_ONE)' ./crawler ./crawler/record/... ./crawler/web ./crawler/signal ./crawler/capture ./crawler/secret ./crawler/har ./crawler/discover ./detect ./detect/decode ./detect/policy ./detect/recipient ./report/history

.PHONY: lint
lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l cmd crawler detect report fixtures)" || { gofmt -l cmd crawler detect report fixtures; echo "gofmt would change these files: run gofmt -w"; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

.PHONY: generate
generate: ## write the generated files anew
	$(GO) generate ./...

.PHONY: generated
generated: generate ## fail if a generated file differs from the committed one
	@git diff --exit-code --stat || { echo "generated files differ from the committed ones: commit what 'make generate' wrote"; exit 1; }

.PHONY: tidy
tidy: ## fail if go.mod or go.sum are not tidy
	$(GO) mod tidy -diff

# The supply chain: what tagscan is built of, and that it is built of nothing else.

.PHONY: modules
modules: ## fail if a module in the cache is not the one that go.sum names
	$(GO) mod verify

.PHONY: vulnerabilities
vulnerabilities: ## look for known vulnerabilities in what is called; says so where the database cannot be reached (VULNDB=required fails then)
	@GO='$(GO)' .ci/vulnerabilities $(GOVULNCHECK)

.PHONY: sbom
sbom: ## write the bill of materials (CycloneDX) to bin/sbom.json; needs a clone, not a work tree beside one, to tell the version
	@mkdir -p bin
	$(GO) run $(CYCLONEDX) app -json -licenses -main cmd/tagscan -output bin/sbom.json .

.PHONY: licences
licences: sbom ## list the licences of what tagscan is built of, and fail at one that is not allowed
	@$(GO) run ./.ci/licences bin/sbom.json

.PHONY: reproducible
reproducible: ## build twice, in two directories, and fail if a byte differs
	@GO='$(GO)' .ci/reproducible -trimpath -ldflags '$(LDFLAGS)'

.PHONY: supply
supply: modules vulnerabilities licences reproducible ## all of the supply chain

.PHONY: bench
bench: ## detection benchmarks, and the pages of tagscan serve with 50 sites of 365 scans
	$(GO) test -run '^$$' -bench . -benchmem ./detect/... ./cmd/internal/serve

.PHONY: bench-crawl
bench-crawl: browser ## recorder against bare Chrome: wall, CPU, completeness
	$(GO) test -run '^$$' -bench Crawl -benchtime 5x -timeout 2h ./crawler/visit

.PHONY: clean
clean: ## remove what was built
	rm -rf bin

# What the browser and the SDKs need, installed when missing.

.PHONY: browser
browser: ## get a Chromium if there is none (Debian, Ubuntu with apt; elsewhere it says what to install)
	@.ci/browser

.PHONY: shell
shell: # the other kind of browser, which some tests launch
	@for b in /usr/lib/chromium/chromium-headless-shell $$(command -v chromium-headless-shell chrome-headless-shell headless_shell); do [ -x "$$b" ] && exit 0; done; \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell; \
	  else echo "chromium-headless-shell is missing: install it, then run make again"; exit 1; fi

.PHONY: openssl
openssl: # openssl and ssh-keygen, which signatures and time stamps are held against
	@command -v openssl >/dev/null && command -v ssh-keygen >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends openssl openssh-client; \
	  else echo "openssl or ssh-keygen is missing: install them, then run make again"; exit 1; fi; }

.PHONY: pipeline
pipeline: # what the steps of action.yml call besides tagscan
	@command -v bash >/dev/null && command -v curl >/dev/null && command -v jq >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends bash curl jq; \
	  else echo "bash, curl or jq is missing: install them, then run make again"; exit 1; fi; }

.PHONY: node
node:
	@command -v npm >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm; \
	  else echo "npm is missing: install Node.js 18 or newer (https://nodejs.org), then run make again"; exit 1; fi; }
