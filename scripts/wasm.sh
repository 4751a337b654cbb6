#!/usr/bin/env bash
# wasm.sh [DIR]: builds the phone's Go program as DIR/kula.wasm, with the wasm_exec.js that belongs to this Go; DIR is
# where the app looks for them. Inlining costs a tenth of the size and gains nothing but in the curve's arithmetic
# and in hashing, so only these keep it.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-web/app/wasm}")
mkdir -p "$out"
flags=(-gcflags=all=-l)
for curve in filippo.io/edwards25519/... crypto/internal/fips140/edwards25519/... crypto/internal/fips140/sha256 crypto/internal/fips140/sha512 math/bits internal/byteorder crypto/internal/fips140deps/byteorder; do
  flags+=("-gcflags=$curve=")
done
GOOS=js GOARCH=wasm go build -trimpath -ldflags='-s -w' "${flags[@]}" -o "$out/kula.wasm" ./web/wasm
install -m 644 "$(go env GOROOT)/lib/wasm/wasm_exec.js" "$out/wasm_exec.js"
