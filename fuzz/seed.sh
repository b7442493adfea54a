#!/usr/bin/env bash
# Fills the corpora of the fuzz targets with the files of the fixtures, of the examples of the rules and of
# the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p fuzz/corpus/{schema,split,migrations,snapshot,settings,command}

# copy TARGET NAME FOLDER..: every file of that name below the folders, under one flat name.
copy() {
  local target=fuzz/corpus/$1 name=$2
  shift 2
  find "$@" -name "$name" -type f | while read -r file; do
    cp "$file" "$target/${file//\//_}"
  done
}

copy schema '*.ts' fixtures tests/drizzle_orm/schemas
copy migrations '*.sql' fixtures
copy snapshot '*snapshot.json' fixtures
copy settings 'drizzle-drift.json*' fixtures
copy settings settings.jsonc crates/drizzle-drift/templates

# Each fixture, and each example of a rule, as one text with a line before each file.
for fixture in fixtures/*/; do
  find "$fixture" -type f ! -name report.snap | sort | while read -r file; do
    printf '//- %s\n' "${file#"$fixture"}"
    cat "$file"
    echo
  done > "fuzz/corpus/command/$(basename "$fixture")"
done
awk '
  /^=== / {
    close(out)
    rule = FILENAME
    gsub(/.*\/|\.txt$/, "", rule)
    out = "fuzz/corpus/command/" rule "_" FNR
    engine = $4
    sub(/:$/, "", engine)
    print engine > out
    next
  }
  !/^> / { print > out }' tests/rules/*.txt

# Their files alone.
awk '
  FNR == 1 || /^\/\/- / {
    close(out)
    part = FILENAME "_" FNR
    gsub(/.*\//, "", part)
    out = ""
    if (/\.ts$/) out = "fuzz/corpus/schema/" part
    if (/\.sql$/) out = "fuzz/corpus/migrations/" part
    if (/drizzle-drift\.jsonc?$/) out = "fuzz/corpus/settings/" part
    if (/snapshot\.json$/) out = "fuzz/corpus/snapshot/" part
    next
  }
  out != "" { print > out }' fuzz/corpus/command/*_*

# The sequences that run on real engines, each a file of its own.
find crates/drift-migrations/tests/engines -name '*.sql' | while read -r file; do
  awk -v base="fuzz/corpus/migrations/${file//\//_}" \
    '/^-- # / { close(out); out = base "_" NR } out { print > out }' "$file"
done
cp fuzz/corpus/migrations/* fuzz/corpus/split/
