"""How long ranks had no client to train while others had."""

from dataclasses import dataclass

from pandas import DataFrame

from motet_analysis.gathered import Gathered
from motet_analysis.settings import of_sweep, sort_key, telling, text, title

_COLUMN = "idle_seconds."


@dataclass(frozen=True)
class Idle:
    """Of one run, as shares of the training time of all its rounds, 0 to 1."""

    #: What tells the run from others of its sweep, with its seed.
    name: str
    #: Of all ranks that train.
    share: float
    #: Of each of them; empty where the run's Motet did not write it down.
    ranks: dict[int, float]


def idle(gathered: Gathered, sweep: str) -> list[Idle]:
    """Of the runs of a sweep that several ranks trained, finished or not."""
    runs = of_sweep(gathered.runs, sweep)
    if "ranks" not in runs or not {"idle_share", "seconds.training"} <= set(gathered.rounds):
        return []
    keys = telling(runs)
    seeds = runs["set.seed"].nunique() > 1
    runs = runs.sort_values([*keys, "set.seed"], key=sort_key)
    found = []
    for row in runs.to_dict("records"):
        rounds = gathered.rounds[gathered.rounds["run"] == row["run"]]
        seconds = rounds["seconds.training"].sum()
        ranks = _by_rank(rounds)
        # Rank 0 trains nothing where there are others.
        if not seconds > 0 or (row["ranks"] < 3 and len(ranks) < 2):
            continue
        name = [f"{title(key)} {text(row[key])}" for key in keys if text(row[key])]
        found.append(
            Idle(
                ", ".join([*name, *([f"seed {text(row['set.seed'])}"] if seeds else [])])
                or text(row["set.name"]),
                float((rounds["idle_share"] * rounds["seconds.training"]).sum() / seconds), ranks,
            )
        )
    return found


def _by_rank(rounds: DataFrame) -> dict[int, float]:
    """Of the rounds that a rank was there in: a run may go on on more ranks, or fewer."""
    shares = {}
    for column in rounds:
        if column.startswith(_COLUMN):
            there = rounds[rounds[column].notna()]
            seconds = there["seconds.training"].sum()
            if seconds > 0:
                shares[int(column.removeprefix(_COLUMN))] = float(there[column].sum() / seconds)
    return dict(sorted(shares.items()))
