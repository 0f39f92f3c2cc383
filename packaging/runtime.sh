#!/bin/sh
# What a container needs to run Motet that was built elsewhere: the libraries alone, and Open MPI's launcher.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends openmpi-bin libhdf5-103-1 libsndfile1 libmpg123-0 libsoxr0 \
  libfftw3-single3 libopenblas0 libturbojpeg0 libspng0 libssl3 zlib1g
rm -rf /var/lib/apt/lists/*
