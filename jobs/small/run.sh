#!/usr/bin/env bash
# Runs the sweeps of this folder, those first whose runs others use; hours. Whatever stops it, the same
# command goes on. Two of it, with one rank each, share the cells and keep two cores busy.
# Usage: jobs/small/run.sh MOTET [RANKS]
set -uo pipefail
motet=$(realpath "$1")
cd "$(dirname "$0")"

worst=0
for name in sound-views table2 table3 norms equal-steps table6 table4 table5 table7 alpha-mix figure2 figure3 \
  figure4 table8; do
  "$motet" sweep run "$name.yaml" --ranks "${2:-3}"
  status=$?
  # Stopped by a signal.
  ((status == 85 || status > 128)) && exit "$status"
  ((status == 0)) || { echo "$name: not finished" >&2; worst=$status; }
done
exit "$worst"
