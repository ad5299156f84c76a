# The two commands of the README are "make demo" and "make test"; "make help" lists all.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Packages whose tests run under the race detector: those with goroutines that share.
RACE ?= ./internal/inbox ./internal/worker ./internal/realtime
KILLS ?= 20
MESSAGES ?= 2000
SEED ?= 1

LINT = go tool -modfile=tools/go.mod golangci-lint

.PHONY: help demo test check lint build web bench chaos openapi fmt

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## Run the whole product with simulated vendors; installs what is missing
	@scripts/setup.sh demo
	@$(MAKE) bin/sembang
	@exec bin/sembang demo

test: ## Run every test, Go, web and browser; installs what is missing
	@scripts/setup.sh test
	@$(MAKE) bin/sembang
	@RACE="$(RACE)" scripts/test.sh

check: ## What CI runs: lint, vet, every test
	@scripts/setup.sh test
	@$(MAKE) lint
	go vet ./...
	@$(MAKE) test

lint: ## Check style, architecture and types
	@scripts/setup.sh build
	$(LINT) run
	npm --prefix web run --silent lint
	npm --prefix web run --silent typecheck

build: ## Build bin/sembang with the web app inside
	@scripts/setup.sh build
	@$(MAKE) bin/sembang

.PHONY: bin/sembang
bin/sembang: # go build itself knows whether there is anything to do
	@CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$$(git describe --always --dirty 2>/dev/null || echo dev)" -o $@ ./cmd/sembang

web: ## Build the web app
	@scripts/setup.sh build

bench: ## Measure throughput, latency, memory; writes bench.json
	@scripts/setup.sh demo
	@$(MAKE) bin/sembang
	@go run ./cmd/bench

chaos: ## Kill nodes and the database under load: KILLS=20 MESSAGES=2000 SEED=1
	@scripts/setup.sh demo
	@$(MAKE) bin/sembang
	@go run ./cmd/chaos -kills $(KILLS) -messages $(MESSAGES) -seed $(SEED)

openapi: ## Write openapi.yaml and the types the web app reads from it
	@scripts/setup.sh build
	@go run ./cmd/sembang openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml
	npm --prefix web run --silent gen

fmt: ## Format the Go code
	$(LINT) fmt
