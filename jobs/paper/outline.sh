#!/usr/bin/env bash
# Makes stand-ins for the stores of jobs/paper where its jobs look for them, so that they can be checked
# and planned before the data are there: motet describe, motet plan, motet sweep run --dry-run.
# Usage: jobs/paper/outline.sh MOTET. What is there already stays.
set -euo pipefail
motet=$(realpath "$1")
cd "$(dirname "$0")/../.."
mkdir -p data
for name in tinyimagenet cifar10 vggsound epicsounds speechcommands advance mnist fsdd; do
  [ -e data/$name.h5 ] || "$motet" data outline $name --to data/$name.h5
done
[ -e data/mnist-fsdd.h5 ] || "$motet" data pair --data image=data/mnist.h5 --data audio=data/fsdd.h5 \
  --to data/mnist-fsdd.h5
