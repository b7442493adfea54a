#!/usr/bin/env bash
# check-version.sh TAG: holds the tag of a release against everything that names its version, and prints the version.
# Exit status 1 where something says another one, with all of what does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=${1#v}
faults=0

fault() {
  echo "check-version: $1" >&2
  faults=1
}

form='^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$'
[[ $1 =~ $form ]] || fault "the tag of a release is such as v0.1.0, not $1"
own=$(sed -n 's/^version = "\([^"]*\)".*/\1/p' Cargo.toml | head -n 1)
[ "$own" = "$version" ] || fault "the tag is $1, but Cargo.toml says that this is $own"
[ -n "$(bash scripts/release/notes.sh "$version")" ] || fault "CHANGELOG.md has nothing below a heading \`## $version\`"
# What users paste names the last release that is one for them.
if [[ $version != *-* ]]; then
  while IFS=: read -r file line found; do
    case $found in
      *"drizzle-drift/drizzle-drift@v$version" | *"drizzle-drift/drizzle-drift/v$version" | *" drizzle-drift@$version" | "rev: v$version") ;;
      *) fault "$file:$line names another version than $version: $found" ;;
    esac
  done < <(grep -rnoE 'drizzle-drift/drizzle-drift[@/]v[0-9][0-9A-Za-z.]*| drizzle-drift@[0-9][0-9A-Za-z.]*|rev: v[0-9][0-9A-Za-z.]*' \
    README.md docs crates/drizzle-drift/templates || true)
fi
[ "$faults" = 0 ]
echo "$version"
