#!/usr/bin/env bash
# Makes the stores of jobs/small from data sets as their makers lay them out.
# Usage: jobs/small/data.sh MOTET FOLDER, where FOLDER has tiny-imagenet-200 (or 100 classes of it as
# tiny-imagenet-100x200), cifar-10-batches-bin, speech_commands_v0.02 (or 8 words of it as
# speech-commands-8), free-spoken-digit-dataset, mnist and ESC-50-fold4: ESC-50's layout with fold 4
# alone.
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

# import STORE FOLDERS IMPORTER OPTIONS…: the store, unless it is there.
import() {
  [ -e "$to/$1.h5" ] && return
  local at
  at=$(folder $2)
  "$motet" data import "$3" --from "$at" --to "$to/$1.h5" "${@:4}"
}

import tinyimagenet "tiny-imagenet-100x200 tiny-imagenet-200" tinyimagenet --limit 50
import cifar10 cifar-10-batches-bin cifar10 --limit 1000
import cifar10-whole cifar-10-batches-bin cifar10
import speechcommands "speech-commands-8 speech_commands_v0.02" speechcommands
import fsdd free-spoken-digit-dataset fsdd
# One fold: parted so that clips of one recording stay together.
import esc50 ESC-50-fold4 esc50 --set split=source
import mnist mnist mnist --limit 300
# i-th recording of a digit with the i-th image of that digit: 2,700 + 300 pairs.
[ -e $to/mnist-fsdd.h5 ] || "$motet" data pair --data image=$to/mnist.h5 --data audio=$to/fsdd.h5 \
  --to $to/mnist-fsdd.h5
