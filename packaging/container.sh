#!/bin/sh
# The steps of a container's two stages: Dockerfile, motet.def and try-root take them alike.
#   container.sh build PREFIX    where Swift is, in the sources: builds Motet and installs it in PREFIX
#   container.sh final PREFIX    where nothing is but a copy of PREFIX: installs what running needs
# Debian and Ubuntu; as root.
set -eu
stage=$1 prefix=$2
needs=$prefix/share/motet/packages
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq

# The package of each file, whatever links lead to it.
owners() { while read -r file; do dpkg-query -S "*/$(basename "$(realpath "$file")")"; done | sed 's/:.*//'; }

case $stage in
  build)
    cd "$(dirname "$0")/.."
    apt-get install -y -qq --no-install-recommends make >/dev/null
    make install PREFIX="$prefix"
    # What the program links and, by its name alone, loads; the launcher; Python's packages for motet report.
    {
      { ldd "$prefix/bin/motet"; ldconfig -p | grep 'libopenblas\.so\.0 '; } |
        sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | owners
      command -v mpirun | owners
      awk -F '\t' '$1 == "report" { print $3 }' packaging/packages.tsv
    } | sort -u > "$needs"
    ;;
  final)
    xargs apt-get install -y -qq --no-install-recommends < "$needs" >/dev/null
    rm -rf /var/lib/apt/lists/*
    ;;
  *) echo "container.sh: expected build or final, not '$stage'" >&2; exit 1 ;;
esac
