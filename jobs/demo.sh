#!/usr/bin/env bash
# Synthesizes a data set, cuts it into clients, pretrains on it, and shows what was learned.
# Usage: jobs/demo.sh MOTET
set -euo pipefail
motet=$(realpath "$1")
cd "$(dirname "$0")/.."
job=jobs/demo.yaml
mkdir -p .demo

# Open MPI refuses to run as root unless told otherwise, as in containers.
if [ "$(id -u)" -eq 0 ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi

[ -e .demo/demo.h5 ] || "$motet" data synthesize --to .demo/demo.h5
"$motet" shard "$job" --plot .demo/shards.png
"$motet" views .demo/demo.h5 --to .demo/views.png
# A worker a core, and rank 0, which aggregates and sleeps in between.
mpirun --oversubscribe --bind-to none -n $(($(nproc) + 1)) "$motet" run "$job"

echo
"$motet" results .demo/run
echo
echo "Round 0 is the random encoder that training starts from."
echo "Clients x classes: .demo/shards.png   views: .demo/views.png   figures: .demo/run/results.h5"
