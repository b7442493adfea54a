#!/usr/bin/env bash
# Fills the corpora of the fuzz targets with the files of the fixtures and of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

# copy TARGET NAME FOLDER..: every file of that name below the folders, under one flat name.
copy() {
  local target=fuzz/corpus/$1 name=$2
  shift 2
  mkdir -p "$target"
  find "$@" -name "$name" -type f | while read -r file; do
    cp "$file" "$target/${file//\//_}"
  done
}

copy schema '*.ts' fixtures tests/drizzle_orm/schemas
copy migrations '*.sql' fixtures
copy snapshot '*snapshot.json' fixtures

# The sequences that run on real engines, each a file of its own.
find crates/drift-migrations/tests/engines -name '*.sql' | while read -r file; do
  awk -v base="fuzz/corpus/migrations/${file//\//_}" \
    '/^-- # / { close(out); out = base "_" NR } out { print > out }' "$file"
done
