#!/usr/bin/env bash
# draft.sh TAG DIR: makes the release on GitHub, as a draft that nobody sees yet, of what assemble.sh left in DIR. A draft
# that broke off is made anew.
set -euo pipefail

tag=$1
cd "$2"
options=(--draft --verify-tag --title "$tag" --notes-file notes.md)
case $tag in
  *-*) options+=(--prerelease) ;;
esac
if [ "$(gh release view "$tag" --json isDraft --jq .isDraft 2>/dev/null)" = true ]; then
  gh release delete "$tag" --yes
fi
gh release create "$tag" "${options[@]}" -- drizzle-drift-"$tag"-*.tar.gz drizzle-drift-"$tag"-*.zip SHA256SUMS
