#!/usr/bin/env bash
# local-release.sh TARGET DIR: builds the command for a target and lays it down in DIR as a release, from which the
# GitHub Action of the same job then installs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$(sed -n 's/^version = "\([^"]*\)".*/\1/p' Cargo.toml | head -n 1)
release=$2/download/v$version
binary=$(bash scripts/release/build.sh "$1")
archive=$(bash scripts/release/archive.sh "$1" "$binary" "$release")
cd "$release"
if command -v sha256sum >/dev/null; then sha256sum "${archive##*/}"; else shasum -a 256 "${archive##*/}"; fi >SHA256SUMS
cd ../..
# Windows has a drive in front of the path.
if command -v cygpath >/dev/null; then folder=/$(cygpath -m "$PWD"); else folder=$PWD; fi
echo "DRIZZLE_DRIFT_RELEASES=file://$folder" >>"$GITHUB_ENV"
