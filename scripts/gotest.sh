#!/usr/bin/env bash
# Runs the Go tests and reports as go test -json does; test.sh counts. RACE
# names packages that run under the race detector instead of without it.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ -z "${RACE:-}" ]; then
	exec go test -json -timeout=15m ./...
fi
# shellcheck disable=SC2086 # RACE is a list
raced=$(go list $RACE) || exit 1
others=$(go list ./... | grep -vxF "$raced")
status=0
# shellcheck disable=SC2086 # lists of packages
go test -json -timeout=15m $others || status=1
# shellcheck disable=SC2086
CGO_ENABLED=1 go test -json -timeout=15m -race $raced || status=1
exit $status
