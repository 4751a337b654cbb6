#!/usr/bin/env bash
# fuzz.sh TIME: runs every fuzz target of the module for TIME (such as 10s), one after another.
set -euo pipefail
cd "$(dirname "$0")/.."
module=$(go list -m)
git grep --untracked -hoE '^func Fuzz[A-Za-z0-9_]+\(' -- '*_test.go' >/dev/null || { echo "    no fuzz targets"; exit 0; }
while IFS=: read -r file target; do
  target=${target#func } target=${target%(}
  echo "    $target in $(dirname "$file"), $1"
  go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" "$module/$(dirname "$file")"
done < <(git grep --untracked -oE '^func Fuzz[A-Za-z0-9_]+\(' -- '*_test.go')
