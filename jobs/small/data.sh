#!/usr/bin/env bash
# Makes the stores of jobs/small from data sets as their makers lay them out.
# Usage: jobs/small/data.sh MOTET FOLDER, where FOLDER has tiny-imagenet-200 (or a part of it),
# cifar-10-batches-bin, free-spoken-digit-dataset, ESC-50 and mnist.
set -euo pipefail
motet=$(realpath "$1")
from=$(realpath "$2")
cd "$(dirname "$0")/../.."
to=data/small
mkdir -p "$to"

# The first folder of a name that is there.
folder() {
  for name in "$@"; do
    [ -d "$from/$name" ] && echo "$from/$name" && return
  done
  echo "$from: there is no $1" >&2
  return 1
}

[ -e $to/tinyimagenet.h5 ] || "$motet" data import tinyimagenet --limit 50 \
  --from "$(folder tiny-imagenet-100x200 tiny-imagenet-200)" --to $to/tinyimagenet.h5
[ -e $to/cifar10.h5 ] || "$motet" data import cifar10 --limit 500 \
  --from "$(folder cifar-10-batches-bin)" --to $to/cifar10.h5
[ -e $to/fsdd.h5 ] || "$motet" data import fsdd \
  --from "$(folder free-spoken-digit-dataset)" --to $to/fsdd.h5
# One fold: parted so that clips of one recording stay together.
[ -e $to/esc50.h5 ] || "$motet" data import esc50 --set split=source \
  --from "$(folder ESC-50-fold4)" --to $to/esc50.h5
# i-th recording of a digit with the i-th image of that digit: 2,700 + 300 pairs.
[ -e $to/mnist.h5 ] || "$motet" data import mnist --limit 300 \
  --from "$(folder mnist)" --to $to/mnist.h5
[ -e $to/mnist-fsdd.h5 ] || "$motet" data pair --data image=$to/mnist.h5 --data audio=$to/fsdd.h5 \
  --to $to/mnist-fsdd.h5
