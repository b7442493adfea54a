#!/usr/bin/env bash
# profile.sh TARGET DIR: notes in DIR which paths the command takes through its code on generated projects and on the
# fixtures, and prints the file of that profile, from which the compiler lays out the command that is published.
# TARGET has to run here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

target=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
profdata=$(echo "$(rustc --print sysroot)"/lib/rustlib/*/bin/llvm-profdata)
[ -x "$profdata" ] || rustup component add llvm-tools >&2
profdata=$(echo "$(rustc --print sysroot)"/lib/rustlib/*/bin/llvm-profdata)

# zig, which links what is published (build.sh), cannot link what counts. The allocator, which is written in C, needs a
# compiler that knows the C library.
if [[ $target == *-linux-musl ]] && ! command -v musl-gcc >/dev/null; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  { $as_root apt-get update && $as_root apt-get install -y --no-install-recommends musl-tools; } >&2
fi

rm -rf "$folder/raw" "$folder/projects"
mkdir "$folder/projects"
for tables in 10 100 1000; do
  cargo run --locked --package drizzle-drift --example generate_project -- "$folder/projects/$tables" "$tables" >&2
done
# The command alone, as it is built in the end: together with anything else its libraries would have other features,
# and the names of its functions would be others.
RUSTFLAGS="-Cprofile-generate=$folder/raw" cargo build --release --locked --package drizzle-drift \
  --bin drizzle-drift --target "$target" --target-dir "$folder/target" >&2
build=$folder/target/$target/release
for project in "$folder"/projects/* fixtures/*/; do
  # Findings are no failure here.
  (cd "$project" && "$build/drizzle-drift" check >/dev/null 2>&1) || [ $? -le 2 ]
done
"$profdata" merge --output "$folder/drizzle-drift.profdata" "$folder/raw" >&2
echo "$folder/drizzle-drift.profdata"
