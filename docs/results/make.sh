#!/usr/bin/env bash
# Makes the tables and figures of this folder from the runs of jobs/small, those that are finished.
# Usage: docs/results/make.sh MOTET [PYTHON]
set -euo pipefail
motet=$(realpath "$1")
python=${2:-python3}
cd "$(dirname "$0")/../.."
export PYTHONPATH=analysis
gathered=$(mktemp -d)
trap 'rm -rf "$gathered"' EXIT
to=docs/results

analyse() { "$python" -m motet_analysis "$@"; }

for folder in runs/small/*/; do
  name=$(basename "$folder")
  file=$gathered/$name.h5
  "$motet" gather "$folder" --to "$file" --embeddings >/dev/null
  case $name in
    figure2) analyse figure "$file" rounds --to $to/figure2.png > $to/figure2.md ;;
    figure3) analyse figure "$file" methods --to $to/figure3.png > $to/figure3.md ;;
    figure4)
      analyse figure "$file" share --to $to/figure4.svg
      analyse table "$file" > $to/figure4.md
      ;;
    alpha-mix)
      analyse figure "$file" alpha-mix --to $to/alpha-mix.svg
      analyse table "$file" > $to/alpha-mix.md
      ;;
    *) analyse table "$file" > "$to/$name.md" ;;
  esac
  echo "$name"
done
