#!/usr/bin/env bash
# House rules that no linter knows: the rooms at the centre start no goroutine, nothing in the repository
# names a directory of one machine, npm's lock files name no registry (npm then asks the one configured), and no
# page of ours makes HTML out of text, holds a script, or loads anything from elsewhere. lint-bites.sh shows that they bite.
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
  "$(tree '^[[:space:]]*go (func\b|[A-Za-z_][A-Za-z0-9_.]*\()' -- 'money/*.go' 'protocol/*.go' 'ledger/*.go' 'wallet/*.go' 'web/phone/*.go' 'web/signin/*.go' 'web/console/office/*.go' ':!*_test.go')"
found "something runs side by side in a room that make test runs without the race detector (ALONE in the Makefile)" \
  "$(tree '^[[:space:]]*go (func\b|[A-Za-z_][A-Za-z0-9_.]*\()|[.](Parallel|RunParallel|Go)\(' -- 'money/*_test.go' 'protocol/*_test.go' 'ledger/*_test.go' 'wallet/*_test.go' 'nearby/qr/*.go' 'nearby/text/*.go')"
found "a path of one machine" \
  "$(tree '(^|[^A-Za-z0-9_.])/(home/[a-z]+|Users/[A-Za-z]+|root)/' -- ':!LICENSE' ':!scripts/house.sh')"
found "an npm lock file that names a registry (npm config set omit-lockfile-registry-resolved true)" \
  "$(tree '"resolved": *"https?:' -- '*package-lock.json' '*npm-shrinkwrap.json')"
found "a page that makes HTML, or a program, out of text" \
  "$(tree '\.(innerHTML|outerHTML)[[:space:]]*[+]?=|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function\(' -- 'web/app/src' 'web/app/*.html' 'web/console/static')"
found "a script, a style or a handler inside a page of the console" \
  "$(tree '<script>|<style|[[:space:]]style=|[[:space:]]on[a-z]+=' -- 'web/console/templates')"
found "a page that loads something from elsewhere" \
  "$(tree '(src|href)="(https?:)?//|(from|import\(|url\()[[:space:]]*.?https?://' -- 'web/app/src' 'web/app/*.html' 'web/console/templates' 'web/console/static')"
found "an \"any\" that hides a type" \
  "$(tree '(:|\bas|<)[[:space:]]*any\b' -- 'web/app/*.ts' 'web/app/*.tsx' 'web/e2e/*.ts')"
found "a test that waits for time to pass" \
  "$(tree 'waitForTimeout' -- 'web/e2e')"
exit $status
