#!/usr/bin/env bash
# archive.sh TARGET BINARY DIR [PAGES]: makes the archive of a release for a Rust target in DIR, and prints its path:
# drizzle-drift-vVERSION-TARGET.tar.gz, or .zip for Windows, with everything in a folder of the same name, among it the
# licenses of what is linked for the target. PAGES is a folder with manual pages, which become its man/.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

target=$1 binary=$2
mkdir -p "$3"
out=$(cd "$3" && pwd)
version=$(sed -n 's/^version = "\([^"]*\)".*/\1/p' "$root/Cargo.toml" | head -n 1)
name=drizzle-drift-v$version-$target
case $target in
  *-windows-*) program=drizzle-drift.exe ;;
  *) program=drizzle-drift ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/$name"
cp "$binary" "$scratch/$name/$program"
chmod 755 "$scratch/$name/$program"
cp "$root"/{README.md,CHANGELOG.md,LICENSE-MIT,LICENSE-APACHE,schemas/drizzle-drift.schema.json} "$scratch/$name"
node "$root/scripts/third-party-licenses.mjs" "$target" >"$scratch/$name/THIRD-PARTY-LICENSES"
if [ $# -gt 3 ]; then
  mkdir "$scratch/$name/man"
  cp "$4"/*.1 "$scratch/$name/man"
fi

cd "$scratch"
case $target in
  *-windows-*)
    archive=$out/$name.zip
    rm -f "$archive"
    # Git for Windows has no zip; GitHub's runners have 7-Zip.
    if command -v zip >/dev/null; then zip -q -r "$archive" "$name"; else 7z a -bso0 "$archive" "$name"; fi
    ;;
  *)
    archive=$out/$name.tar.gz
    # macOS would add files with its own attributes.
    COPYFILE_DISABLE=1 tar -czf "$archive" "$name"
    ;;
esac
echo "$archive"
