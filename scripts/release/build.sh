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

# The allocator is written in C, and needs a compiler that knows the C library it is linked with.
if [[ $target == *-linux-musl ]] && ! command -v musl-gcc >/dev/null; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  { $as_root apt-get update && $as_root apt-get install -y --no-install-recommends musl-tools; } >&2
fi
rustup target add "$target" >&2
if [ "${DRIFT_PROFILE:-0}" = 1 ]; then
  profile=$(scripts/release/profile.sh "$target" "${CARGO_TARGET_DIR:-target}/profile")
  export RUSTFLAGS="-Cprofile-use=$profile"
fi
cargo build --release --locked --package drizzle-drift --bin drizzle-drift --target "$target" >&2
echo "${CARGO_TARGET_DIR:-target}/$target/release/$program"
