#!/usr/bin/env bash
# Runs all tests, with what they are compared with: installs Node, Python, PostgreSQL, MariaDB and others where
# Debian's packages can be had. Without one, its comparisons say so and are left out; where CI is
# set they fail.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=()
command -v node >/dev/null && command -v npm >/dev/null || packages+=(nodejs npm)
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || command -v postgres >/dev/null || packages+=(postgresql)
command -v git >/dev/null || packages+=(git)
python3 -c "import ensurepip" 2>/dev/null || packages+=(python3 python3-venv)
command -v psql >/dev/null || packages+=(postgresql-client)
for program in curl shellcheck strace unzip valgrind zip; do
  command -v "$program" >/dev/null || packages+=("$program")
done
[ -x /usr/sbin/mariadbd ] || command -v mariadbd >/dev/null || packages+=(mariadb-server)
command -v mandoc >/dev/null || packages+=(mandoc)
command -v nvim >/dev/null || packages+=(neovim)
command -v ps >/dev/null || packages+=(procps)

if [ ${#packages[@]} -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    # The servers that the packages start are not the tests' own.
    if $as_root apt-get update; then
      $as_root apt-get install -y --no-install-recommends "${packages[@]}" || true
    fi
  else
    echo "not installed, and no apt-get to install them with: ${packages[*]}" >&2
  fi
fi

# One test sets a limit in a namespace of its own, which Ubuntu allows nobody at first.
if [ -n "${CI:-}" ] && ! unshare -Ur true 2>/dev/null; then
  $([ "$(id -u)" = 0 ] || echo sudo) sysctl -qw kernel.apparmor_restrict_unprivileged_userns=0 || true
fi

cargo test --workspace "$@"
