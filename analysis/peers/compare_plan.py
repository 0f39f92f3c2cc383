"""What `motet plan` says of a sweep's cells beside what they take here; nothing else should run.

Plans on one core, then runs each cell alone on one core, with its evaluations, embeddings and, which no plan counts,
the cutting of its data, and prints the two times of each. Cells that are there already are not run again: remove the
sweep's results before.
"""

import argparse
import json
import statistics
import subprocess
import time
from pathlib import Path

from machine import busy_share, describe_machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--motet", type=Path, default=Path(".build/release/motet"))
    parser.add_argument("--sweep", type=Path, default=Path("jobs/small/plan.yaml"))
    options = parser.parse_args()
    if busy_share() > 0.1:
        raise SystemExit("compare_plan: other programs use more than a tenth of the cores")
    motet, sweep = options.motet.resolve(), options.sweep
    said = subprocess.run(
        [motet, "plan", sweep, "--cores", "1", "--json"], check=True, stdout=subprocess.PIPE)
    plan = json.loads(said.stdout)
    layout = plan["layouts"][0]
    print("| run | planned | measured | off by |\n| --- | --- | --- | --- |")
    errors = []
    for place, cell in enumerate(plan["cells"]):
        number = str(cell["cell"])
        start = time.monotonic()
        subprocess.run(
            [motet, "sweep", "cell", sweep, number, "--ranks", "1"], check=True,
            stdout=subprocess.DEVNULL)
        measured = time.monotonic() - start
        planned = layout["pretraining_seconds"][place] + layout["evaluation_seconds"][place]
        errors.append(planned / measured - 1)
        print(
            f"| {cell['summary']} | {planned:.1f} s | {measured:.1f} s | {100 * errors[-1]:+.1f} % |",
            flush=True)
    worst = max(errors, key=abs)
    print(
        f"\nat most {100 * worst:+.1f} %, median {100 * statistics.median(errors):+.1f} %; "
        f"{describe_machine()['cpu']}")


if __name__ == "__main__":
    main()
