#!/usr/bin/env bash
# Simulates many small islands, each with another seed, pattern and number of cheats, with and without news. An
# island on which a promise is broken is told with the command that shows it again; then the script fails.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-200}
patterns=(village market scattered)
failed=0
for ((seed = 1; seed <= seeds; seed++)); do
  island=(--people $((40 + seed * 7 % 60)) --days $((30 + seed * 11 % 60)) --seed "$seed" --cheats $((seed % 7)) --pattern "${patterns[seed % 3]}")
  ((seed % 5)) || island+=(--no-news)
  if ! said=$(bin/kula sim "${island[@]}" --json 2>&1 >/dev/null); then
    failed=$((failed + 1))
    printf 'seed %d: %s\n  again: kula sim %s\n' "$seed" "$(grep -v '^day ' <<<"$said")" "${island[*]}" >&2
  fi
  ((seed % 20)) || echo "$seed islands, $failed broken"
done
echo "$((seeds - failed)) islands held every promise, $failed did not"
((failed == 0))
