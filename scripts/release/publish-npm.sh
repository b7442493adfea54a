#!/usr/bin/env bash
# publish-npm.sh DIR: publishes the npm packages that assemble.sh made, in their order. One that is there already is
# passed over, so that a release that broke off can be taken up again. npm gets the right to publish from the
# workflow ("trusted publishing"), and signs where the packages come from.
set -euo pipefail
cd "$1"

while read -r tarball; do
  # As npm packed it, `package.json` is below `package`.
  manifest=$(tar -xzOf "$tarball" package/package.json)
  name=$(node -p 'JSON.parse(process.argv[1]).name' "$manifest")
  version=$(node -p 'JSON.parse(process.argv[1]).version' "$manifest")
  if [ "$(npm view "$name@$version" version 2>/dev/null)" = "$version" ]; then
    echo "$name@$version is there already"
    continue
  fi
  # What is not the latest release must not be what `npm install` takes.
  case $version in
    *-*) label=next ;;
    *) label=latest ;;
  esac
  npm publish "./$tarball" --access public --provenance --tag "$label"
done <order.txt
