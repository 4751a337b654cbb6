#!/usr/bin/env bash
# Shows that the lint rules bite: plants one forbidden line per rule in a copy of the tree and wants
# golangci-lint to object to each of them, naming the linter, and to nothing else that was planted.
set -euo pipefail
cd "$(dirname "$0")/.."
lint=$PWD/bin/tools/golangci-lint
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
scripts/copy.sh "$copy"

rooms=() files=() linters=()
plant() { # plant ROOM NAME LINTER IMPORTS BODY
  mkdir -p "$copy/$1"
  printf '// Package %s has a planted fault.\npackage %s\n\nimport (\n%s)\n\n%s\n' "$(basename "$1")" "$(basename "$1")" "$4" "$5" |
    sed -e '/^import ($/{N;s/^import (\n)$//}' >"$copy/$1/planted_$2.go"
  rooms+=("./$1") files+=("$1/planted_$2.go") linters+=("$3")
}

plant protocol clock forbidigo $'\t"time"\n' 'func plantedClock() int64 { return time.Now().Unix() }'
plant anchor clock forbidigo $'\t"time"\n' 'func plantedClock() time.Time { return time.Now() }'
plant wallet timer forbidigo $'\t"time"\n' 'func plantedTimer() <-chan time.Time { return time.After(1) }'
plant wallet net depguard $'\t"net"\n' 'var plantedNet = net.IPv4zero'
plant wallet fmt depguard $'\t"fmt"\n' 'var plantedFmt = fmt.Sprint(1)'
plant money os depguard $'\t"os"\n' 'var plantedOS = os.Args'
plant ledger sql depguard $'\t"database/sql"\n' 'var plantedSQL = sql.ErrNoRows'
plant ledger random depguard $'\t"crypto/rand"\n' 'var plantedRandom = rand.Reader'
plant ledger wait forbidigo $'\t"time"\n' 'func plantedWait() { time.Sleep(1) }'
plant protocol outward depguard $'\t_ "kula/ledger"\n' ''
plant store/planted sibling depguard $'\t_ "kula/localnet/planted"\n' ''
plant localnet/planted inward depguard $'\t_ "kula/ledger"\n' ''
plant sim/planted long funlen '' "func plantedLong() {
$(for _ in {1..100}; do echo '	_ = 0'; done)
}"

out=$(cd "$copy" && "$lint" run "${rooms[@]}" 2>&1) || true
status=0
for i in "${!files[@]}"; do
  if ! grep -q "^${files[i]}:.*(${linters[i]})\$" <<<"$out"; then
    echo "lint-bites: ${linters[i]} did not object to ${files[i]}" >&2
    status=1
  fi
done
if ((status)); then
  printf '%s\n' "$out" >&2
  exit 1
fi
echo "    each of ${#files[@]} planted faults was caught"
