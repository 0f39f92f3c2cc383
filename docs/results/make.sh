#!/usr/bin/env bash
# Makes the tables and figures of this folder from the runs of jobs/small, those that are finished.
# Usage: docs/results/make.sh MOTET
set -euo pipefail
shopt -s nullglob
motet=$(realpath "$1")
cd "$(dirname "$0")/../.."
export PYTHONPATH=analysis
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=$(analysis/find-python h5py matplotlib pandas sklearn)

# What comes out of the package goes into docs/results when all of a sweep is made.
table() { "$python" -m motet_analysis table "$file" "${@:2}" > "$work/new/$1.md"; }
figure() { "$python" -m motet_analysis figure "$file" "$1" --to "$work/new/$2"; }

for folder in runs/small/*/; do
  name=$(basename "$folder")
  file=$work/$name.h5
  rm -rf "$work/new"
  mkdir "$work/new"
  "$motet" gather "$folder" --to "$file" --embeddings >/dev/null
  if case $name in
    figure2) figure rounds figure2.png > "$work/new/figure2.md" ;;
    figure3) figure methods figure3.png > "$work/new/figure3.md" ;;
    # Runs that are other tables' too have those tables' evaluations.
    figure4) figure share figure4.svg && table figure4 --where task=knn ;;
    alpha-mix) figure alpha-mix alpha-mix.svg && table alpha-mix --where task=knn ;;
    *) table "$name" ;;
  esac; then
    mv "$work/new/"* docs/results/
    echo "$name"
  else
    echo "$name: left out" >&2
  fi
done
