#!/bin/sh
# What a container needs to run Motet that was built elsewhere: the libraries, Open MPI's launcher, and for
# motet report Python's packages.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends openmpi-bin libhdf5-103-1 libsndfile1 libmpg123-0 libsoxr0 \
  libfftw3-single3 libopenblas0 libturbojpeg0 libspng0 libssl3 zlib1g \
  python3-h5py python3-matplotlib python3-pandas python3-sklearn
rm -rf /var/lib/apt/lists/*
