#!/usr/bin/env bash
# House rules that no linter knows: the rooms at the centre start no goroutine, nothing in the repository
# names a directory of one machine, and npm's lock files name no registry (npm then asks the one configured).
set -euo pipefail
cd "$(dirname "$0")/.."
status=0
found() { # found SENTENCE LINES
  [[ -z $2 ]] && return
  printf '%s:\n%s\n' "$1" "$2" >&2
  status=1
}
tree() { git grep --untracked -nE "$@" || true; }

found "a goroutine in a room that starts none" \
  "$(tree '^[[:space:]]*go (func\b|[A-Za-z_][A-Za-z0-9_.]*\()' -- 'money/*.go' 'protocol/*.go' 'ledger/*.go' 'wallet/*.go' ':!*_test.go')"
found "a path of one machine" \
  "$(tree '(^|[^A-Za-z0-9_.])/(home/[a-z]+|Users/[A-Za-z]+|root)/' -- ':!LICENSE' ':!scripts/house.sh')"
found "an npm lock file that names a registry (npm config set omit-lockfile-registry-resolved true)" \
  "$(tree '"resolved": *"https?:' -- '*package-lock.json' '*npm-shrinkwrap.json')"
exit $status
