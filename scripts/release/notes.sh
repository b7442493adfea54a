#!/usr/bin/env bash
# notes.sh VERSION: prints what CHANGELOG.md says of a version, below `## VERSION` or `## VERSION (DATE)`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

awk -v version="$1" '
  /^## / { inside = ($2 == version); next }
  inside && (some || NF) { some = 1; print }
' CHANGELOG.md
