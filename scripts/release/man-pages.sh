#!/usr/bin/env bash
# man-pages.sh DIR: writes the manual pages into DIR, with the date of the commit, and prints their paths.
set -euo pipefail
mkdir -p "$1"
pages=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
cargo run --quiet --locked --package drizzle-drift --example man_pages -- "$pages"
