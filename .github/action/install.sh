#!/usr/bin/env bash
# Installs a release of the command for the runner's platform, unless it is there from an earlier run.
#
# Reads DRIFT_VERSION and DRIFT_VERIFY_ATTESTATION (inputs of the action), GH_TOKEN, what a runner sets
# (RUNNER_OS, RUNNER_ARCH, RUNNER_TEMP, RUNNER_TOOL_CACHE, GITHUB_OUTPUT, GITHUB_PATH), and
# DRIZZLE_DRIFT_RELEASES: where the releases lie, for a mirror.
set -euo pipefail

folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=.github/action/common.sh
. "$folder/common.sh"

repository=drizzle-drift/drizzle-drift
releases=${DRIZZLE_DRIFT_RELEASES:-https://github.com/$repository/releases}
releases=${releases%/}
: "${DRIFT_VERSION:=}" "${DRIFT_VERIFY_ATTESTATION:=false}"

main() {
  for variable in RUNNER_OS RUNNER_ARCH RUNNER_TEMP RUNNER_TOOL_CACHE GITHUB_OUTPUT GITHUB_PATH; do
    [ -n "${!variable:-}" ] || fail "$variable is not set; this runs in a workflow only"
  done
  local target version cached binary
  target=$(target_of_runner)
  version=$(wanted_version)
  cached=$(unix_path "$RUNNER_TOOL_CACHE")/drizzle-drift/$version/$target
  binary=$cached/$(program_name "$target")
  if [ -x "$binary" ] && [ -e "$cached.complete" ] && ! is_true verify-attestation "$DRIFT_VERIFY_ATTESTATION"; then
    echo "drizzle-drift $version is there already: $cached"
  else
    install "$version" "$target" "$cached"
  fi
  expect_version "$binary" "$version"
  native_path "$cached" >>"$GITHUB_PATH"
  set_output binary "$(native_path "$binary")"
  set_output version "$version"
}

target_of_runner() {
  case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64) echo aarch64-unknown-linux-musl ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    # On ARM64, Windows runs programs of x64.
    Windows-X64 | Windows-ARM64) echo x86_64-pc-windows-msvc ;;
    *) fail "there is no drizzle-drift for $RUNNER_OS on $RUNNER_ARCH" ;;
  esac
}

program_name() {
  case $1 in
    *-windows-*) echo drizzle-drift.exe ;;
    *) echo drizzle-drift ;;
  esac
}

# The version that was asked for, without its `v`.
wanted_version() {
  local version=${DRIFT_VERSION#v}
  case $version in
    '') version=$(own_version) ;;
    latest) version=$(latest_version) ;;
  esac
  # It becomes part of addresses and paths.
  local form='^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$'
  [[ $version =~ $form ]] ||
    fail "\`version\` is a version such as 0.1.0, or latest, not \`$DRIFT_VERSION\`"
  printf '%s\n' "$version"
}

# What the action belongs to, by its tag or any commit of it.
own_version() {
  sed -n 's/^version = "\([^"]*\)".*/\1/p' "$folder/../../Cargo.toml" | head -n 1
}

# What the page of the latest release leads to: unlike the API, it has no limit that runners share.
latest_version() {
  local address
  address=$(request --head --output "$RUNNER_TEMP/drizzle-drift-latest" --write-out '%{url_effective}' "$releases/latest") ||
    fail "cannot ask $releases/latest for the latest release"
  case $address in
    */tag/v*) printf '%s\n' "${address##*/tag/v}" ;;
    *) fail "there is no latest release at $releases" ;;
  esac
}

# Asks by HTTPS only, unless a mirror is asked in another way.
request() {
  command -v curl >/dev/null || fail "curl is needed to download drizzle-drift, and is not installed"
  local protocols=()
  case $releases in https:*) protocols=(--proto '=https' --tlsv1.2) ;; esac
  curl --fail --silent --show-error --location --retry 3 ${protocols[@]+"${protocols[@]}"} "$@"
}

# Downloads, verifies and unpacks a release into the folder.
install() {
  local version=$1 target=$2 cached=$3
  local name=drizzle-drift-v$version-$target archive address scratch
  case $target in
    *-windows-*) archive=$name.zip ;;
    *) archive=$name.tar.gz ;;
  esac
  address=$releases/download/v$version
  scratch=$(mktemp -d "$(unix_path "$RUNNER_TEMP")/drizzle-drift.XXXXXX")
  request --output "$(native_path "$scratch/SHA256SUMS")" "$address/SHA256SUMS" ||
    fail "there is no release v$version of drizzle-drift at $releases, or it cannot be downloaded"
  request --output "$(native_path "$scratch/$archive")" "$address/$archive" ||
    fail "the release v$version of drizzle-drift has no $archive, or it cannot be downloaded"
  verify_checksum "$scratch" "$archive"
  if is_true verify-attestation "$DRIFT_VERIFY_ATTESTATION"; then
    verify_attestation "$scratch/$archive" "$version"
  fi
  unpack "$scratch" "$archive"
  local program
  program=$scratch/$name/$(program_name "$target")
  [ -f "$program" ] || fail "$archive has no $name/$(program_name "$target")"
  mkdir -p "$cached"
  chmod +x "$program"
  # Whoever else installs it at this moment has the same file.
  mv -f "$program" "$cached/"
  : >"$cached.complete"
  rm -rf "$scratch"
  echo "installed drizzle-drift $version for $target"
}

verify_checksum() {
  local expected actual
  expected=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1 }' "$1/SHA256SUMS")
  [ -n "$expected" ] || fail "SHA256SUMS of the release does not list $2"
  actual=$(sha256 "$1/$2")
  [ "$actual" = "$expected" ] ||
    fail "$2 has the SHA-256 $actual, but the release says $expected; nothing was installed"
}

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum <"$1"
  elif command -v shasum >/dev/null; then
    shasum -a 256 <"$1"
  else
    fail "sha256sum or shasum is needed to verify drizzle-drift, and neither is installed"
  fi | cut -d ' ' -f 1
}

# That the archive was built from its tag by the workflow of this repository.
verify_attestation() {
  command -v gh >/dev/null || fail "verify-attestation needs the GitHub CLI (gh), which is not installed"
  gh attestation verify "$(native_path "$1")" --repo "$repository" \
    --signer-workflow "$repository/.github/workflows/release.yml" --source-ref "refs/tags/v$2" ||
    fail "the attestation of ${1##*/} could not be verified; nothing was installed"
}

unpack() {
  case $2 in
    *.zip) (cd "$1" && unzip -q "$2") ;;
    *) (cd "$1" && tar -xzf "$2") ;;
  esac || fail "cannot unpack $2"
}

# That it runs here, and is what it should be.
expect_version() {
  local said
  said=$("$1" --version) || fail "drizzle-drift $2 does not run on this machine ($RUNNER_OS, $RUNNER_ARCH)"
  [ "$said" = "drizzle-drift $2" ] || fail "$1 is \`$said\`, not drizzle-drift $2"
}

main
