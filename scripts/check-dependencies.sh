#!/usr/bin/env bash
# check-dependencies.sh [--all]: what cargo-deny says of the dependencies, by deny.toml: licenses, versions, origins, and
# known vulnerabilities, which it looks up in RustSec's database (fetched with git). Where cargo-deny or the database
# cannot be had it says so, and the rest counts; with --all that is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all=${1:-}
leave_out() {
  echo "check-dependencies: left out $1" >&2
  [ "$all" != --all ]
}

if ! command -v cargo-deny >/dev/null; then
  leave_out "cargo-deny, which is not installed; tests/dependencies.rs checks licenses, versions and origins"
  exit
fi
# The fuzz targets are a workspace of their own, which nobody is given.
fuzz=(--manifest-path fuzz/Cargo.toml --config deny.toml)
cargo-deny --locked --workspace check bans licenses sources
cargo-deny "${fuzz[@]}" check --allow unmatched-skip bans sources
if ! cargo-deny fetch db; then
  leave_out "known vulnerabilities: the database of RustSec cannot be fetched"
  exit
fi
cargo-deny --offline --locked --workspace check advisories
cargo-deny --offline "${fuzz[@]}" check advisories
