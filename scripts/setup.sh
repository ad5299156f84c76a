#!/usr/bin/env bash
# Brings a Debian or Ubuntu machine to what a make target needs, and does
# nothing where that is there already:
#
#   scripts/setup.sh build   Go, Node, the web app's packages, the web app built
#   scripts/setup.sh demo    … and PostgreSQL
#   scripts/setup.sh test    … and Chromium and a C compiler (for the race detector)
#
# As root it installs missing packages through apt. As anybody else it says in
# one line what to install, and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest_postgres=15

main() {
	need_go
	need_node
	case "${1:-}" in
	build) ;;
	demo) need_postgres ;;
	test)
		need_postgres
		need_command chromium chromium
		need_command gcc gcc libc6-dev
		;;
	*) die "usage: scripts/setup.sh build|demo|test" ;;
	esac
	web_packages
	web_build
}

die() {
	echo "setup: $*" >&2
	exit 1
}

need_go() {
	command -v go >/dev/null || die "Go 1.26 or newer is needed: https://go.dev/dl"
	local minor
	minor=$(go env GOVERSION | sed -E 's/^go1\.([0-9]+).*/\1/')
	[ "$minor" -ge 26 ] || die "Go 1.26 or newer is needed, found $(go env GOVERSION): https://go.dev/dl"
}

need_node() {
	local minimum='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
	command -v node >/dev/null && command -v npm >/dev/null && node -e "$minimum" ||
		die "Node 20.19 or newer with npm is needed: https://nodejs.org"
}

need_postgres() {
	has_postgres && return
	can_install || die "install PostgreSQL $oldest_postgres or newer: sudo apt-get install postgresql"
	apt_install postgresql-common
	# Debian's package would start a server on port 5432; ours is private.
	sed -i -E 's/^#?\s*create_main_cluster\b.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
	grep -q '^create_main_cluster = false' /etc/postgresql-common/createcluster.conf ||
		echo 'create_main_cluster = false' >>/etc/postgresql-common/createcluster.conf
	apt_install postgresql
	has_postgres || die "this system's PostgreSQL is older than $oldest_postgres; install a newer one from https://apt.postgresql.org"
}

# The same places that internal/localdb looks into.
has_postgres() {
	local dir major
	for dir in $(dirname "$(command -v postgres || echo /nowhere/postgres)") /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin; do
		[ -x "$dir/postgres" ] && [ -x "$dir/initdb" ] || continue
		major=$("$dir/postgres" --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
		[ "$major" -ge "$oldest_postgres" ] && return 0
	done
	return 1
}

# need_command COMMAND PACKAGE… installs the packages when the command is missing.
need_command() {
	local name=$1
	shift
	command -v "$name" >/dev/null && return
	can_install || die "install $name: sudo apt-get install $*"
	apt_install "$@"
	command -v "$name" >/dev/null || die "$name is still missing after installing $*"
}

can_install() {
	[ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null
}

updated=no
apt_install() {
	echo "setup: installing $*" >&2
	if [ "$updated" = no ]; then
		apt-get update -qq >&2
		updated=yes
	fi
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 </dev/null
}

web_packages() {
	local stamp=web/node_modules/.installed-lock
	cmp -s web/package-lock.json "$stamp" && return
	echo "setup: installing the web app's packages" >&2
	npm --prefix web ci --no-audit --no-fund --loglevel=error >&2
	cp web/package-lock.json "$stamp"
}

# web_build runs when any file that the build reads differs from the last time.
web_build() {
	local stamp=web/node_modules/.built-from now
	now=$(find web -maxdepth 1 -type f -print0 | cat - <(find web/src web/public -type f -print0) | sort -z | xargs -0 sha256sum | sha256sum)
	[ -f web/dist/index.html ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ] && return
	echo "setup: building the web app" >&2
	npm --prefix web run --silent build -- --logLevel=warn >&2
	echo "$now" >"$stamp"
}

main "$@"
