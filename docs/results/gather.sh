#!/usr/bin/env bash
# Gathers the finished sweeps of runs/small into the files that this folder keeps (gathered/), of which
# make.sh makes its pages.
# Usage: docs/results/gather.sh MOTET [SWEEP…]
set -euo pipefail
motet=$(realpath "$1")
shift
cd "$(dirname "$0")/../.."
export PYTHONPATH=analysis
python=$(analysis/find-python h5py matplotlib pandas scipy sklearn)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(($#)) || set -- $(find runs/small -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)
mkdir -p docs/results/gathered
for name; do
  if "$motet" sweep status "jobs/small/$name.yaml" | tail -n 1 | grep -q ': \([0-9]*\) of \1 cells\? finished'; then
    embeddings=() samples=()
    if [[ $name == figure[23] ]]; then embeddings=(--embeddings) samples=(--samples 60); fi
    "$motet" gather "runs/small/$name" --to "$work/$name.h5" --strict ${embeddings[@]+"${embeddings[@]}"} >/dev/null
    "$python" -m motet_analysis keep "$work/$name.h5" --to "docs/results/gathered/$name.h5" \
      ${samples[@]+"${samples[@]}"}
  else
    echo "$name: not finished, left out" >&2
  fi
done
