#!/usr/bin/env bash
# copy.sh DIR: copies the working tree, as git would see it, into DIR, so that a check can change files freely.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do [[ -e $file ]] && printf '%s\0' "$file"; done |
  tar --null --files-from=- --create --file=- | tar --extract --file=- --directory="$1"
