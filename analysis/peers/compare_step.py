"""Motet's training step against PyTorch's, run in turn on the same machine.

Each round runs `motet bench step`, PyTorch as it comes, PyTorch with its allocator tuned, and
so in bf16 where asked, one after the other, so that a change of the machine's speed meets all.
Prints the ratio of views per second as median and range over the rounds, and each one's peak
memory.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PYTORCH = Path(__file__).with_name("step_pytorch.py")
ONE_THREAD = {
    "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"
}
INSTRUCTION_SETS = (
    "avx2", "fma", "avx_vnni", "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16",
    "amx_tile", "amx_bf16",
)

Sample = dict[str, Any]


@dataclass(frozen=True)
class Ratio:
    """Motet's views per second over the peer's, over the rounds."""

    median: float
    least: float
    most: float


@dataclass(frozen=True)
class Comparison:
    batch: int
    ratios: dict[str, Ratio]
    samples: dict[str, list[Sample]]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--motet", type=Path, default=Path(".build/release/motet"))
    parser.add_argument("--encoder", choices=["resnet18", "vit"], default="resnet18")
    parser.add_argument("--bf16", action="store_true", help="PyTorch in bf16 too")
    parser.add_argument("--batches", type=int, nargs="+", default=[32, 256])
    parser.add_argument("--pairs", type=int, default=5, help="rounds of all contestants")
    parser.add_argument("--steps", type=int, default=5, help="timed steps of PyTorch in a round")
    parser.add_argument("--warmup", type=int, default=2, help="its steps before, not timed")
    parser.add_argument("--to", type=Path, help="write everything to this JSON file")
    arguments = parser.parse_args()
    if not arguments.motet.is_file():
        parser.error(f"{arguments.motet}: no such program; build it, or name it with --motet")
    if arguments.pairs < 1:
        parser.error("--pairs must be at least 1")
    return arguments


def contestants(arguments: argparse.Namespace, batch: int) -> dict[str, list[str]]:
    pytorch = [
        sys.executable, str(PYTORCH), "--json", f"--encoder={arguments.encoder}",
        f"--batch={batch}",
        f"--steps={arguments.steps}", f"--warmup={arguments.warmup}",
    ]
    motet = str(arguments.motet.resolve())
    commands = {
        "motet": [
            motet, "bench", "step", "--encoder", arguments.encoder, "--batch", str(batch), "--json"
        ],
        "pytorch": pytorch,
        "pytorch tuned": [*pytorch, "--tuned"],
    }
    if arguments.bf16:
        commands["pytorch bf16"] = [*pytorch, "--tuned", "--precision=bf16"]
    return commands


def run(command: list[str]) -> Sample:
    """The JSON object on the last line that a program prints."""
    environment = os.environ | ONE_THREAD
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")
    sample: Sample = json.loads(done.stdout.strip().splitlines()[-1])
    return sample


def compare(arguments: argparse.Namespace, batch: int) -> Comparison:
    commands = contestants(arguments, batch)
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for number in range(arguments.pairs):
        for name, command in commands.items():
            samples[name].append(run(command))
        speeds = (f"{name} {samples[name][-1]['views_per_second']:.1f}" for name in commands)
        print(f"  round {number + 1}: {', '.join(speeds)} views/s", flush=True)
    peers = [name for name in commands if name != "motet"]
    ratios = {name: ratio(samples["motet"], samples[name]) for name in peers}
    return Comparison(batch, ratios, samples)


def ratio(ours: list[Sample], theirs: list[Sample]) -> Ratio:
    key = "views_per_second"
    values = [our[key] / their[key] for our, their in zip(ours, theirs, strict=True)]
    return Ratio(statistics.median(values), min(values), max(values))


def median_of(samples: list[Sample], key: str) -> float:
    return float(statistics.median(sample[key] for sample in samples))


def print_comparison(comparison: Comparison) -> None:
    for name, samples in comparison.samples.items():
        speed = median_of(samples, "views_per_second")
        peak = median_of(samples, "peak_rss_bytes") / 2**20
        line = f"  {name:<14} {speed:7.1f} views/s   peak {peak:6.0f} MiB"
        if name in comparison.ratios:
            times = comparison.ratios[name]
            line += (
                f"   motet is {times.median:.2f} times as fast "
                f"({times.least:.2f} to {times.most:.2f})"
            )
        print(line)


def describe_machine() -> dict[str, Any]:
    """CPU model and the vector instruction sets that matter here, from lscpu."""
    listing = subprocess.run(["lscpu", "--json"], stdout=subprocess.PIPE, check=True).stdout
    fields = {entry["field"].rstrip(":"): entry["data"] for entry in flatten(listing)}
    flags = set(fields.get("Flags", "").split())
    return {
        "cpu": fields.get("Model name", "unknown"),
        "cores": os.cpu_count(),
        "isa": [name for name in INSTRUCTION_SETS if name in flags],
    }


def flatten(listing: bytes) -> list[dict[str, str]]:
    """lscpu's entries, those inside others too."""
    pending: list[dict[str, Any]] = list(json.loads(listing)["lscpu"])
    entries: list[dict[str, str]] = []
    while pending:
        entry = pending.pop()
        entries.append({"field": entry["field"], "data": entry.get("data") or ""})
        pending.extend(entry.get("children", []))
    return entries


def print_machine(machine: dict[str, Any]) -> None:
    print(f"{machine['cpu']}, {machine['cores']} cores, {' '.join(machine['isa'])}; one thread")


def write(path: Path, machine: dict[str, Any], comparisons: list[Comparison]) -> None:
    content = {"machine": machine, "comparisons": [asdict(c) for c in comparisons]}
    beside = path.with_name(path.name + ".part")
    beside.write_text(json.dumps(content, indent=1) + "\n")
    beside.replace(path)


def main() -> None:
    arguments = read_arguments()
    machine = describe_machine()
    print_machine(machine)
    comparisons = []
    for batch in arguments.batches:
        print(f"2 x {batch} views of 128 x 128, {arguments.encoder}, fp32")
        comparisons.append(compare(arguments, batch))
        print_comparison(comparisons[-1])
    lanes = comparisons[0].samples["motet"][0]["lanes"]
    version = comparisons[0].samples["pytorch"][0]["torch"]
    print(f"motet with {lanes} lanes, PyTorch {version}")
    if arguments.to:
        write(arguments.to, machine, comparisons)


if __name__ == "__main__":
    main()
