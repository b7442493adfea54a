#!/usr/bin/env bash
# assemble.sh TAG DIR: completes a release in DIR, where the archives of all platforms lie: writes SHA256SUMS, the npm
# packages (made of the binaries in the archives) into DIR/npm, in the order of DIR/npm/order.txt, and notes.md.
# Exit status 1 where a platform is missing, or anything else is wrong.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

tag=$1
version=$(bash "$root/scripts/release/check-version.sh" "$tag")
cd "$2"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

archives=()
while read -r target; do
  name=drizzle-drift-v$version-$target
  case $target in
    *-windows-*) archive=$name.zip ;;
    *) archive=$name.tar.gz ;;
  esac
  [ -f "$archive" ] || {
    echo "assemble: $archive is missing" >&2
    exit 1
  }
  case $archive in
    *.zip) unzip -q "$archive" -d "$scratch" ;;
    *) tar -xzf "$archive" -C "$scratch" ;;
  esac
  mkdir -p "$scratch/binaries"
  mv "$scratch/$name" "$scratch/binaries/$target"
  archives+=("$archive")
done < <(sed -n 's/.*"target": *"\([^"]*\)".*/\1/p' "$root/npm/platforms.json")

sha256sum "${archives[@]}" >SHA256SUMS
bash "$root/scripts/release/notes.sh" "$version" >notes.md
node "$root/scripts/build-npm.mjs" --tag "$tag" --binaries "$scratch/binaries" --require-all --out npm >"$scratch/order"
rm -rf npm/packages
while read -r tarball; do basename "$tarball"; done <"$scratch/order" >npm/order.txt
