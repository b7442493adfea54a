#!/usr/bin/env bash
# build.sh TARGET: builds the optimised command for a Rust target with the pinned dependencies, and prints its path.
# With DRIFT_PROFILE=1 it is laid out by a profile of itself (profile.sh), which takes three times as long.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=$1
case $target in
  *-windows-*) program=drizzle-drift.exe ;;
  *) program=drizzle-drift ;;
esac

# The musl that Rust brings copies memory so slowly that a check takes a sixth longer; the one of zig does not. The
# allocator, which is written in C, is compiled by it, too.
build=build
if [[ $target == *-linux-musl ]]; then
  build=zigbuild
  tools=${CARGO_TARGET_DIR:-target}/zig
  python3 -m venv "$tools" >&2
  "$tools/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement scripts/release/zig.txt >&2
  PATH=$(cd "$tools/bin" && pwd):$PATH
fi
rustup target add "$target" >&2
if [ "${DRIFT_PROFILE:-0}" = 1 ]; then
  profile=$(scripts/release/profile.sh "$target" "${CARGO_TARGET_DIR:-target}/profile")
  export RUSTFLAGS="-Cprofile-use=$profile"
fi
cargo "$build" --release --locked --package drizzle-drift --bin drizzle-drift --target "$target" >&2
echo "${CARGO_TARGET_DIR:-target}/$target/release/$program"
