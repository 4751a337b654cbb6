#!/usr/bin/env bash
# race.sh ARGUMENTS: go test -race, without instructions for the race detector in packages that only compute. SQLite in
# Go keeps its data in memory that it maps by itself, of which the detector knows nothing; the arithmetic of the curve and
# the hashes work on what their caller holds. There the detector finds nothing, and made tests of a bank take four
# times the processor time. Our own code, the SQL driver, the connection pool and everything else have it.
set -euo pipefail
cd "$(dirname "$0")/.."
only_compute=(
  modernc.org/sqlite/lib modernc.org/libc modernc.org/memory
  filippo.io/edwards25519/... crypto/internal/fips140/edwards25519/... crypto/internal/fips140/sha256 crypto/internal/fips140/sha512
)
flags=()
for package in "${only_compute[@]}"; do
  flags+=("-gcflags=$package=-race=false -d=checkptr=0")
done
exec go test -race "${flags[@]}" "$@"
