# What both steps of the action share. They run in bash 3.2, too, which is what macOS has.
# shellcheck shell=bash

# Ends the step with an annotation. It goes to standard error, because the output may be a value.
fail() {
  printf '::error title=drizzle-drift::%s\n' "$(escape "$1")" >&2
  exit 2
}

# The text as data of a workflow command, which ends with the line.
escape() {
  local text=$1
  text=${text//%/%25}
  text=${text//$'\r'/%0D}
  printf '%s' "${text//$'\n'/%0A}"
}

# Sets an output, whatever its value holds.
set_output() {
  local end
  end="end-$(random)"
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

# Something that nobody can foresee.
random() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# Whether an input is true; `$1` is its name, `$2` its value.
is_true() {
  case $2 in
    true) return 0 ;;
    false) return 1 ;;
    *) fail "\`$1\` is true or false, not \`$2\`" ;;
  esac
}

# A path as this shell writes it, and as all programs of the system understand it. They differ on Windows.
unix_path() {
  if command -v cygpath >/dev/null; then cygpath -u "$1"; else printf '%s\n' "$1"; fi
}
native_path() {
  if command -v cygpath >/dev/null; then cygpath -m "$1"; else printf '%s\n' "$1"; fi
}
