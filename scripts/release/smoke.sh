#!/usr/bin/env bash
# smoke.sh BINARY: runs the command as it is to be released on a project with a known fault.
set -euo pipefail
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -n 's/^version = "\([^"]*\)".*/\1/p' Cargo.toml | head -n 1)
said=$("$binary" --version)
[ "$said" = "drizzle-drift $version" ] || {
  echo "smoke: it calls itself \`$said\`, not drizzle-drift $version" >&2
  exit 1
}

cd fixtures/audit-events
status=0
found=$("$binary" --format concise --level error) || status=$?
echo "$found"
expected='src/db/schema/events.ts:10:31: error[on-delete-mismatch]: '
if [ "$status" != 1 ] || [[ $found != "$expected"* ]]; then
  echo "smoke: expected exit status 1 and $expected..., got $status" >&2
  exit 1
fi
