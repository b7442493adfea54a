#!/usr/bin/env bash
# Runs `drizzle-drift check` as the inputs of the action say, and sets its outputs.
#
# Reads DRIFT_BINARY, DRIFT_ARGS, DRIFT_SINCE, DRIFT_FAIL_ON, DRIFT_WORKING_DIRECTORY, DRIFT_SARIF_FILE,
# DRIFT_ANNOTATIONS, DRIFT_STEP_SUMMARY (inputs of the action) and what a runner sets (RUNNER_TEMP,
# GITHUB_OUTPUT, GITHUB_STEP_SUMMARY). The exit status is that of the command.
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.github/action/common.sh
. "$folder/common.sh"

: "${DRIFT_ARGS:=}" "${DRIFT_SINCE:=}" "${DRIFT_FAIL_ON:=}" "${DRIFT_WORKING_DIRECTORY:=.}" "${DRIFT_SARIF_FILE:=}"
: "${DRIFT_ANNOTATIONS:=true}" "${DRIFT_STEP_SUMMARY:=true}"
words=()

main() {
  local scratch sarif json status=0
  # Git Bash would make Windows paths of what looks like a path of Unix.
  export MSYS_NO_PATHCONV=1 MSYS2_ARG_CONV_EXCL='*'
  # What GitHub gives for the commit before the first one of a branch.
  local nothing=0000000000000000000000000000000000000000
  if [ "$DRIFT_SINCE" = "$nothing" ]; then DRIFT_SINCE=''; fi
  is_true step-summary "$DRIFT_STEP_SUMMARY" || unset GITHUB_STEP_SUMMARY
  scratch=$(mktemp -d "$(unix_path "$RUNNER_TEMP")/drizzle-drift.XXXXXX")
  enter "$DRIFT_WORKING_DIRECTORY"
  split "$DRIFT_ARGS"
  sarif=$(sarif_path "$scratch")
  json=$(native_path "$scratch/drizzle-drift.json")
  rm -f "$sarif"

  local options=(--output-file="json=$json")
  if [ -n "$DRIFT_SINCE" ]; then
    # Code scanning compares the findings with those of the target branch itself, and would take for mended
    # what is left out. So its file has all of them.
    (unset GITHUB_STEP_SUMMARY && check --output-file="sarif=$sarif") >/dev/null 2>&1 || true
    options+=(--since="$DRIFT_SINCE")
  else
    options+=(--output-file="sarif=$sarif")
  fi
  if [ -n "$DRIFT_FAIL_ON" ]; then options+=(--fail-on="$DRIFT_FAIL_ON"); fi
  check "${options[@]}" >"$scratch/output" 2>"$scratch/errors" || status=$?

  show "$scratch" "$status"
  tell "$status" "$sarif" "$json"
  return "$status"
}

# Goes to the folder to run in; a relative one is one of the workspace.
enter() {
  cd "${GITHUB_WORKSPACE:-.}"
  local directory=$1
  # What begins with `-` is a folder, too.
  case $directory in
    /* | [A-Za-z]:*) ;;
    *) directory=./$directory ;;
  esac
  [ -d "$directory" ] || fail "there is no folder \`$1\`, which working-directory names"
  cd "$directory"
}

# Splits a text at blanks and ends of lines, unless they are in quotes, into `words`. Nothing is expanded, and a
# backslash is one.
split() {
  local text=$1 character quote='' word='' has_word=false position
  for ((position = 0; position < ${#text}; position++)); do
    character=${text:position:1}
    if [ -n "$quote" ]; then
      if [ "$character" = "$quote" ]; then quote=''; else word+=$character; fi
      continue
    fi
    case $character in
      \' | \")
        quote=$character
        has_word=true
        ;;
      ' ' | $'\t' | $'\n' | $'\r')
        if $has_word; then words+=("$word"); fi
        word=''
        has_word=false
        ;;
      *)
        word+=$character
        has_word=true
        ;;
    esac
  done
  [ -z "$quote" ] || fail "a quote is not closed in \`args\`: $text"
  if $has_word; then words+=("$word"); fi
}

sarif_path() {
  if [ -z "$DRIFT_SARIF_FILE" ]; then
    native_path "$1/drizzle-drift.sarif"
    return
  fi
  # An absolute one, because the steps after this one run elsewhere.
  case $DRIFT_SARIF_FILE in
    /* | [A-Za-z]:*) printf '%s\n' "$DRIFT_SARIF_FILE" ;;
    *) native_path "$PWD/$DRIFT_SARIF_FILE" ;;
  esac
}

check() {
  "$DRIFT_BINARY" check ${words[@]+"${words[@]}"} "$@"
}

# Prints what the command has to say. What it quotes of the project must not be taken for commands of the
# workflow, except for its annotations.
show() {
  local annotation='^::(error|warning|notice) ' pause
  pause=$(random)
  echo "::stop-commands::$pause"
  cat "$1/errors"
  grep -Ev "$annotation" "$1/output" || true
  echo "::$pause::"
  if is_true annotations "$DRIFT_ANNOTATIONS"; then
    grep -E "$annotation" "$1/output" || true
  fi
  if [ "$2" -gt 1 ] && [ -s "$1/errors" ]; then
    printf '::error title=drizzle-drift::%s\n' "$(escape "$(cat "$1/errors")")"
  fi
}

# Sets the outputs, as far as the command got.
tell() {
  set_output exit-status "$1"
  if [ -e "$2" ]; then set_output sarif-file "$2"; fi
  if [ -e "$3" ]; then
    set_output json-file "$3"
    local errors warnings infos
    errors=$(counted error "$3")
    warnings=$(counted warn "$3")
    infos=$(counted info "$3")
    set_output errors "$errors"
    set_output warnings "$warnings"
    set_output findings $((errors + warnings + infos))
  fi
}

# A number of the `counts` of a report in JSON. No text in it has an end of line.
counted() {
  awk -v level="\"$1\":" '/^  "counts": \{/ { inside = 1 } inside && $1 == level { print $2 + 0; exit }' "$2"
}

main
