#!/usr/bin/env bash
# Generates everything anew in a copy of the tree and wants no difference to what is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
scripts/copy.sh "$copy"
mkdir "$copy/before"
scripts/copy.sh "$copy/before"
mkdir -p "$copy/bin" && ln -s "$PWD/bin/tools" "$copy/bin/tools"
(cd "$copy" && go generate ./...)
if ! diff --recursive --brief --exclude=before --exclude=bin "$copy/before" "$copy" >&2; then
  echo "generated files are not up to date: run make generate and commit what changes" >&2
  exit 1
fi
