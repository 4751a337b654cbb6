#!/usr/bin/env bash
# Installs the named Debian packages that are missing, and says so. Elsewhere it says what is wanted.
set -euo pipefail
missing=()
for package in "$@"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
((${#missing[@]})) || exit 0
if ! command -v apt-get >/dev/null; then
  echo "    this is not Debian: please see that you have ${missing[*]}" >&2
  exit 0
fi
root=()
[[ $(id -u) == 0 ]] || root=(sudo)
echo "    installing Debian packages: ${missing[*]}"
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null
