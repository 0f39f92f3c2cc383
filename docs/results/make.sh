#!/usr/bin/env bash
# Makes the pages and figures of this folder of the gathered files that it keeps (gather.sh makes those).
# Usage: docs/results/make.sh [--check]
#   --check   make none, but fail where a page is not what its file gives
set -euo pipefail
cd "$(dirname "$0")"
export PYTHONPATH=../../analysis OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
python=$(../../analysis/find-python h5py matplotlib pandas scipy sklearn)
work=$(mktemp -d)
touch "$work/notes"
trap 'sort -u "$work/notes" >&2; rm -rf "$work"' EXIT

sweeps=(sound-views)

missing=()
for name in "${sweeps[@]}"; do
  [[ -f gathered/$name.h5 ]] || missing+=("docs/results/gathered/$name.h5")
done
if ((${#missing[@]})); then
  echo "missing: ${missing[*]}; docs/results/gather.sh makes them of finished sweeps" >&2
  exit 1
fi

analysis() { "$python" -m motet_analysis "$1" "gathered/$name.h5" "${@:2}" 2>> "$work/notes"; }
# figure KIND ENDING: draws it, and shows it on the page.
figure() {
  analysis figure "$1" --to "$work/$name-$1.$2"
  printf '\n![%s](%s)\n' "$1" "$name-$1.$2"
}
section() { printf '\n## %s\n\n' "$1"; }

# A page's heading is the first line of its job file, of which it is the outcome.
page() {
  echo "# $(title)"
  echo
  echo "Made by \`make results\` of \`gathered/$name.h5\`; the sweep is [jobs/small/$name.yaml](../../jobs/small/$name.yaml)."
  case $name in
    table*)
      section "Beside the paper's numbers"
      analysis table
      section "What the paper's differences are here"
      analysis verdicts
      ;;
    figure2) section "Rounds"; figure rounds png ;;
    figure3) section "Methods"; figure methods png ;;
    figure4) section "Shares"; figure share svg ;;
    alpha-mix) section "Lines"; figure alpha-mix svg ;;
  esac
  # Those figures' runs are Tables 2 and 3's.
  [[ $name == figure[23] ]] || { section "What was learned"; analysis gains; }
  case $name in
    norms) section "Differences"; analysis differences --of norms ;;
    equal-steps) section "Differences"; analysis differences --of method --to FSSUAVL ;;
    sound-views)
      section "Differences"
      analysis differences --of preset --from crop
      echo
      analysis differences --of preset --from waveform --to recording
      ;;
  esac
  section "Curves"
  figure curves svg
}

title() { sed -n '1s/^# //p' "../../jobs/small/$name.yaml" | sed 's/[.:,;].*//'; }

for name in "${sweeps[@]}"; do
  page > "$work/$name.md"
  if [[ ${1-} == --check ]]; then
    diff "$name.md" "$work/$name.md" || {
      echo "docs/results/$name.md is not what gathered/$name.h5 gives: make results" >&2
      exit 1
    }
  fi
done
if [[ ${1-} != --check ]]; then
  shopt -s nullglob
  mv "$work"/*.{md,svg,png} .
fi
