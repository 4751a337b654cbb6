#!/usr/bin/env bash
# No Go, TypeScript or style file over 500 lines, tests and generated code apart. (Functions: the linter's funlen.)
set -euo pipefail
cd "$(dirname "$0")/.."
limit=500 status=0
while IFS= read -r -d '' file; do
  [[ -f $file ]] || continue
  grep -qE '^// Code generated .* DO NOT EDIT\.$' "$file" && continue
  lines=$(wc -l <"$file")
  if ((lines > limit)); then
    echo "$file has $lines lines; the limit is $limit: divide it by what its parts are about" >&2
    status=1
  fi
done < <(git ls-files -z --cached --others --exclude-standard -- '*.go' '*.ts' '*.tsx' '*.css' ':!*_test.go' ':!*.test.ts' ':!*.spec.ts')
exit $status
