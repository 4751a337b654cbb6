#!/usr/bin/env bash
# Shows that the lint rules bite: plants one forbidden line per rule in a copy of the tree and wants golangci-lint, or
# the script that keeps the house rules, to object to each of them.
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
plant web/phone clock forbidigo $'\t"time"\n' 'func plantedClock() int64 { return time.Now().Unix() }'
plant web/phone fmt depguard $'\t"fmt"\n' 'var plantedFmt = fmt.Sprint(1)'
plant web/phone bank depguard $'\t_ "kula/anchor"\n' ''
plant web/signin money depguard $'\t_ "kula/money"\n' ''
plant web/console clock forbidigo $'\t"time"\n' 'func plantedClock() int64 { return time.Now().Unix() }'
plant web/console store depguard $'\t_ "kula/store/sqlite"\n' ''
plant web/console sql depguard $'\t"database/sql"\n' 'var plantedSQL = sql.ErrNoRows'
plant web/console/office http depguard $'\t"net/http"\n' 'var plantedHTTP = http.MethodGet'
plant web/console/office outward depguard $'\t_ "kula/anchor"\n' ''
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

# The same for scripts/house.sh and sizes.sh: each planted file must be named.
houses=()
house() { # house FILE LINES
  mkdir -p "$copy/$(dirname "$1")"
  printf '%s\n' "$2" >"$copy/$1"
  houses+=("$1")
}
house wallet/planted_go.go $'package wallet\nfunc planted() {\n\tgo func() {}()\n}'
house wallet/planted_parallel_test.go $'package wallet\nfunc TestPlanted(t *testing.T) {\n\tt.Parallel()\n}'
house web/phone/planted_go.go $'package phone\nfunc planted() {\n\tgo func() {}()\n}'
house web/console/office/planted_go.go $'package office\nfunc planted() {\n\tgo func() {}()\n}'
house docs/planted.md "see /ro""ot/notes"
house web/e2e/planted/package-lock.json '"reso''lved": "https://registry.example/a.tgz"'
house web/app/src/planted-html.tsx 'node.innerHTML = text;'
house web/app/src/planted-eval.ts 'eval(text);'
house web/app/src/planted-any.ts 'const x = y as any;'
house web/app/src/planted-far.ts "import far from 'https://far.example/x.js';"
house web/console/static/planted.js 'node.insertAdjacentHTML("beforeend", text);'
house web/console/templates/planted-script.html '<script>planted()</script>'
house web/console/templates/planted-style.html '<p style="color: red">'
house web/console/templates/planted-click.html '<p onclick="planted()">'
house web/console/templates/planted-far.html '<link href="https://far.example/x.css">'
house web/e2e/tests/planted-wait.ts 'await page.waitForTimeout(100);'
house web/app/src/planted-long.css "$(yes 'a { b: c; }' | head -n 501)"
git -C "$copy" init -q
out=$(cd "$copy" && { scripts/house.sh; scripts/sizes.sh; } 2>&1) || true
for file in "${houses[@]}"; do
  if ! grep -qF "$file" <<<"$out"; then
    echo "lint-bites: no house rule objected to $file" >&2
    status=1
  fi
done
((status)) && exit 1
files+=("${houses[@]}")
echo "    each of ${#files[@]} planted faults was caught"
