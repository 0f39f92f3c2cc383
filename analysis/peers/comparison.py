"""Contestants run in turn, their ratios, and the JSON file that report.py reads.

A pair is one run of each contestant, one after the other, so that a change of the machine's
speed meets all. A ratio says how many times as fast Motet was, pair by pair.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from machine import busy_share, describe_machine

Sample = dict[str, Any]
#: Key of a sample: what part of the cores was busy just before its run.
BUSY = "busy_before"
#: A machine that is busier than this is not idle.
IDLE = 0.05
Commands = Mapping[str, list[str]]

#: Open MPI refuses to run as root unless told otherwise, as in containers.
AS_ROOT = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


@dataclass(frozen=True)
class Figure:
    """What is compared."""

    unit: str
    more_is_better: bool = False


@dataclass(frozen=True)
class Ratio:
    """How many times as fast Motet is as a peer, over the pairs."""

    median: float
    least: float
    most: float
    pairs: int


@dataclass(frozen=True)
class Case:
    """One piece of work: for each contestant a figure a pair. `ours` is the one compared with."""

    name: str
    figure: Figure
    figures: dict[str, list[float]]
    #: Peak memory of a process, the median over the pairs; contestants that tell it.
    peak_bytes: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    ours: str = "motet"

    def ratio(self, peer: str) -> Ratio:
        pairs = list(zip(self.figures[self.ours], self.figures[peer], strict=True))
        more = self.figure.more_is_better
        values = [ours / theirs if more else theirs / ours for ours, theirs in pairs]
        return Ratio(statistics.median(values), min(values), max(values), len(values))

    def to_json(self) -> dict[str, Any]:
        peers = [name for name in self.figures if name != self.ours]
        return asdict(self) | {"ratios": {name: asdict(self.ratio(name)) for name in peers}}


@dataclass(frozen=True)
class Comparison:
    """A program's whole result."""

    name: str
    title: str
    cases: list[Case]
    versions: dict[str, str]
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "comparison": self.name,
            "title": self.title,
            "command": " ".join(["python3", *sys.argv]),
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": describe_machine(),
            "versions": self.versions,
            "notes": self.notes,
            "cases": [case.to_json() for case in self.cases],
        }


def parser(description: str | None, pairs: int = 5) -> argparse.ArgumentParser:
    """With the options that all comparisons have."""
    result = argparse.ArgumentParser(description=(description or "").splitlines()[0])
    result.add_argument("--motet", type=Path, default=Path(".build/release/motet"))
    result.add_argument("--pairs", type=int, default=pairs, help="runs of each, in turn")
    result.add_argument("--to", type=Path, help="write everything to this JSON file")
    return result


def parse(options: argparse.ArgumentParser) -> argparse.Namespace:
    arguments = options.parse_args()
    if not arguments.motet.is_file():
        options.error(f"{arguments.motet}: no such program; build it, or name it with --motet")
    if arguments.pairs < 1:
        options.error("--pairs must be at least 1")
    arguments.motet = arguments.motet.resolve()
    return arguments


def run(command: list[str], environment: Mapping[str, str] | None = None) -> Sample:
    """The JSON object on the last line that a program prints; its log only where it fails."""
    done = subprocess.run(
        command, env=os.environ | AS_ROOT | dict(environment or {}), capture_output=True,
        text=True, check=False,
    )
    if done.returncode != 0:
        sys.stderr.write(done.stderr[-4000:])
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}")
    sample: Sample = json.loads(done.stdout.strip().splitlines()[-1])
    return sample


def run_in_turn(
    commands: Commands, pairs: int, environment: Mapping[str, str] | None = None
) -> dict[str, list[Sample]]:
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for number in range(pairs):
        for name, command in commands.items():
            print(f"  pair {number + 1} of {pairs}: {name} …", file=sys.stderr, flush=True)
            busy = busy_share()
            samples[name].append(run(command, environment) | {BUSY: busy})
    return samples


def busy_notes(samples: dict[str, list[Sample]]) -> list[str]:
    """A warning where others were at work."""
    busiest = max(sample[BUSY] for own in samples.values() for sample in own)
    if busiest <= IDLE:
        return []
    return [f"the machine was not idle: up to {busiest:.0%} of it busy before a run"]


def case_of(
    name: str, figure: Figure, key: str, samples: dict[str, list[Sample]],
    notes: list[str] | None = None,
) -> Case:
    """A case whose figures stand under `key` in each sample."""
    peaks = {
        contestant: statistics.median(sample["peak_rss_bytes"] for sample in own)
        for contestant, own in samples.items()
        if all("peak_rss_bytes" in sample for sample in own)
    }
    figures = {
        contestant: [float(sample[key]) for sample in own] for contestant, own in samples.items()
    }
    return Case(name, figure, figures, peaks, (notes or []) + busy_notes(samples))


def print_case(case: Case) -> None:
    print(case.name)
    width = max(len(name) for name in case.figures)
    for name, figures in case.figures.items():
        line = f"  {name:<{width}} {statistics.median(figures):10.3f} {case.figure.unit}"
        if name in case.peak_bytes:
            line += f"   peak {case.peak_bytes[name] / 2**20:6.0f} MiB"
        if name != case.ours:
            ratio = case.ratio(name)
            line += (
                f"   {case.ours} is {ratio.median:.2f} times as fast "
                f"({ratio.least:.2f} to {ratio.most:.2f} of {ratio.pairs})"
            )
        print(line)
    for note in case.notes:
        print(f"  {note}")
    sys.stdout.flush()


def write_beside(path: Path, text: str) -> None:
    """The whole file or none of it."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(text)
    beside.replace(path)


def finish(comparison: Comparison, to: Path | None) -> None:
    for note in comparison.notes:
        print(note)
    print(", ".join(f"{name} {version}" for name, version in comparison.versions.items()))
    if to:
        write_beside(to, json.dumps(comparison.to_json(), indent=1) + "\n")


def versions_of(*packages: str) -> dict[str, str]:
    from importlib.metadata import version

    return {package: version(package) for package in packages}


def motet_version(motet: Path) -> str:
    return subprocess.run(
        [str(motet), "--version"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
