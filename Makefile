# Everything a person or a machine does with this repository. `make help` lists it.
SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

GOLANGCI := v2.15.0

DEBIAN := git ca-certificates gcc libc6-dev
JS     := localnet/testdata/jsclient
APP    := web/app
E2E    := web/e2e
TOOLS  := $(CURDIR)/bin/tools
DONE   := bin/.done
export PATH := $(TOOLS):$(PATH)

# A checkout that belongs to somebody else (as in a container) is still the one we were asked to test.
ifeq ($(shell git rev-parse --git-dir 2>/dev/null),)
export GIT_CONFIG_COUNT := 1
export GIT_CONFIG_KEY_0 := safe.directory
export GIT_CONFIG_VALUE_0 := $(CURDIR)
endif

# How long `make fuzz` stays with each target, and what `make bench` runs.
FUZZTIME ?= 20s
BENCH    ?= .

# How many islands `make sim-many` simulates.
SEEDS    ?= 200

.PHONY: help deps wasm app build run test check test-app budgets lint fmt generate vectors fuzz bench mutants browser pictures e2e tour bridge sim-many risk-tables clean

help: ## list the targets
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

## Installing

deps: $(DONE)/debian $(DONE)/modules $(DONE)/golangci-lint-$(GOLANGCI) $(DONE)/generators $(DONE)/app $(DONE)/e2e $(if $(wildcard $(JS)/package-lock.json),$(DONE)/js) ## install what building and testing need

$(DONE)/debian: Makefile scripts/deps.sh
	@echo '==> Debian packages: $(DEBIAN)'
	@scripts/deps.sh $(DEBIAN)
	@command -v go >/dev/null || { echo 'Kula needs Go 1.26 or newer: https://go.dev/doc/install' >&2; exit 1; }
	@mkdir -p $(DONE) && touch $@

$(DONE)/modules: go.mod go.sum | $(DONE)/debian
	@echo '==> Go modules that go.mod names'
	@go mod download
	@touch $@

$(DONE)/golangci-lint-$(GOLANGCI): | $(DONE)/debian
	@echo '==> golangci-lint $(GOLANGCI), built into bin/tools (a few minutes, once)'
	@GOBIN=$(TOOLS) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@touch $@

# Generators are named, with their versions, where they are used: //go:generate go run tool@version.
$(DONE)/generators: $(shell git grep -l '^//go:generate go run' -- '*.go') | $(DONE)/modules
	@for tool in $$(git grep -hoE '^//go:generate go run [^ ]+@v[^ ]+' -- '*.go' | cut -d' ' -f4 | sort -u); do \
	  echo "==> $$tool, to generate code with"; \
	  GOBIN=$(TOOLS) go install $$tool; \
	done
	@touch $@

$(DONE)/js: $(JS)/package-lock.json | $(DONE)/app
	@echo '==> the JavaScript Stellar SDK, for the test that runs it against localnet'
	@scripts/deps.sh $$(command -v npm >/dev/null || echo nodejs npm)
	@cd $(JS) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Large, and wanted last: it comes while Go compiles the tools. Those that may ask apt for more wait for it, for apt runs once.
$(DONE)/browser: scripts/deps.sh | $(DONE)/debian
	@echo '==> Debian packages: chromium'
	@scripts/deps.sh chromium
	@touch $@

$(DONE)/app: $(APP)/package-lock.json | $(DONE)/browser
	@echo '==> the npm packages of the phone wallet'
	@scripts/deps.sh $$(command -v npm >/dev/null || echo nodejs npm)
	@node -e 'const [a, b] = process.versions.node.split("."); if (a < 20 || (a == 20 && b < 19)) process.exit(1)' || \
	  { echo 'The phone wallet is built with Node 20.19 or newer: https://nodejs.org' >&2; exit 1; }
	@cd $(APP) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

$(DONE)/e2e: $(E2E)/package-lock.json | $(DONE)/app
	@echo '==> the npm packages that drive a browser through it (the browser is Debian'\''s chromium)'
	@cd $(E2E) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $@

## Building and running

# The app is built anew when one of its files changed, or the rules did: the build of kula.wasm says whether.
APPFILES = $(shell git ls-files --cached --others --exclude-standard -- $(APP) | grep -v '[.]go$$')

wasm: $(DONE)/modules
	@scripts/wasm.sh $(APP)/wasm/new
	@mkdir -p $(APP)/wasm
	@for f in kula.wasm wasm_exec.js; do cmp -s $(APP)/wasm/new/$$f $(APP)/wasm/$$f || cp $(APP)/wasm/new/$$f $(APP)/wasm/$$f; done

$(APP)/wasm/kula.wasm: wasm ;

$(APP)/dist/index.html: $(APP)/wasm/kula.wasm $(APPFILES) $(DONE)/app
	@echo '==> the phone wallet'
	@cd $(APP) && npm run --silent build -- --logLevel error

app: $(APP)/dist/index.html ## build the phone wallet into web/app/dist

build: app ## build bin/kula, with the phone wallet in it
	@echo '==> bin/kula'
	@go build -o bin/kula ./cmd/kula

run: deps build ## start a local ledger and an anchor, state in ./var, until Ctrl-C
	@exec bin/kula up --home ./var

## Testing

# What fails fast is first. These rooms start no goroutine, nor do their tests (scripts/house.sh sees to it), so the race
# detector has nothing to find there; it looks at the same code in the tests of the rooms around them. `check` has vetted all.
ALONE := ./money/... ./ledger/... ./protocol/... ./wallet/... ./nearby/qr/... ./nearby/text/...

test: ## everything: format, vet, lint, sizes, generated code, all tests with -race, end to end
	@$(MAKE) --no-print-directory --jobs=3 deps
	@$(MAKE) --no-print-directory check
	@echo '==> the tests of the rooms in which nothing runs side by side, with the seeds of the fuzz targets'
	@go test -vet=off $(ALONE)
	@echo '==> all other tests, with the race detector'
	@scripts/race.sh -vet=off -p 2 -timeout 20m $$(go list ./... | grep -vxF "$$(go list $(ALONE))")
	@echo '==> the sweeps of the bank, without the race detector'
	@go test -vet=off -timeout 20m -run 'TestCrashAtEvery|TestGraphEvery|TestMoreReplaced' ./anchor
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=recurse test-app e2e
	@$(MAKE) --no-print-directory browser
	@$(MAKE) --no-print-directory budgets

check: deps ## the part of test that runs no test
	@echo '==> gofmt'
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard -- '*.go')); \
	  [[ -z $$unformatted ]] || { echo "not formatted, run make fmt: $$unformatted" >&2; exit 1; }
	@echo '==> sizes of files'
	@scripts/sizes.sh
	@echo '==> house rules'
	@scripts/house.sh
	@echo '==> go.mod and go.sum say what is used, and the modules are what they say'
	@go mod verify
	@go mod tidy -diff
	@echo '==> go vet'
	@go vet ./...
	@$(MAKE) --no-print-directory lint
	@echo '==> generated code is up to date'
	@scripts/generated.sh

lint: deps ## golangci-lint, and the proof that its rules bite
	@echo '==> golangci-lint'
	@golangci-lint run ./...
	@echo '==> planted faults are caught'
	@scripts/lint-bites.sh

browser: build $(DONE)/e2e ## the phone wallet and the console in a real browser, as people use them
	@echo '==> two phones and the console in chromium'
	@rm -rf $(APP)/budgets
	@cd $(E2E) && npm run --silent check && npm run --silent formatted && npm test

pictures: build $(DONE)/e2e ## take the pictures of docs/phone.md and the README anew
	@cd $(E2E) && npm run --silent pictures

e2e: tour bridge ## the whole story against real processes

tour: build
	@echo '==> kula tour'
	@bin/kula tour

bridge: build
	@echo '==> the rules in WebAssembly, two phones and a bank, without a browser'
	@node --test web/wasm/node/

test-app: app ## the phone wallet: its types, its tests, its formatting
	@echo '==> the phone wallet: types'
	@cd $(APP) && npm run --silent check
	@echo '==> the phone wallet: tests'
	@cd $(APP) && npm run --silent test
	@echo '==> the phone wallet: formatting'
	@cd $(APP) && npm run --silent formatted

budgets: app ## what the phone wallet weighs and how long it takes (make browser measures that), and what it may
	@cd $(APP) && npm run --silent budgets

fuzz: deps ## fuzz every target for FUZZTIME (20s)
	@echo '==> fuzzing, $(FUZZTIME) a target'
	@scripts/fuzz.sh $(FUZZTIME)

sim-many: build ## simulate SEEDS (200) small islands with cheats; a seed that breaks a promise is told with its command
	@scripts/sim-many.sh $(SEEDS)

risk-tables: ## simulate the islands of docs/risk.md and print its tables (some minutes)
	@go run ./sim/risktables

bench: deps ## benchmarks; BENCH=pattern chooses
	@echo '==> benchmarks'
	@go test -run '^$$' -bench '$(BENCH)' -benchmem -p 1 ./...

mutants: deps ## take out each check of a payment, one at a time, and see which no test keeps (ten minutes)
	@go run ./internal/mutants -run 'AttackStories|AttackReceipt|VerdictNames|AttackPayments|AttackRequestStories|VerifyGood|VerifyWithout|AttackFraudProofs|WhatIsAccepted|Examine|PaymentOf|SheetThatIsHeld|SheetsShown' \
	  protocol/verify.go protocol/rules.go protocol/request.go protocol/backing.go protocol/fraud.go

## Writing

fmt: deps ## format all Go code
	@golangci-lint fmt ./...

generate: deps ## write all generated code anew
	@go generate ./...

vectors: ## write the conformance kit anew (protocol/testdata/vectors)
	@go generate ./protocol/...

clean: ## remove what was built; var/ (money!) stays
	@rm -rf bin
