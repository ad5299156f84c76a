#!/usr/bin/env bash
# Runs every test, Go and web, and ends with the line "N passed, M failed".
# RACE names the Go packages that run under the race detector.
set -uo pipefail
cd "$(dirname "$0")/.."

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
export PLAYWRIGHT_JSON_OUTPUT_NAME=$results/browser.json

# Everything that a test prints beside its report goes to stderr, so that only
# go test's own JSON reaches the count.
run_all() {
	go run ./internal/localdb/withcluster -- scripts/gotest.sh || touch "$results/failed"
	npm --prefix web test -- --run --reporter=json --outputFile="$results/unit.json" >&2 || touch "$results/failed"
	npm --prefix web run e2e -- --reporter=json >&2 || touch "$results/failed"
}

run_all | go run ./scripts/testsum -vitest "$results/unit.json" -playwright "$results/browser.json" || exit 1
[ ! -e "$results/failed" ]
