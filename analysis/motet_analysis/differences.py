"""Differences between two values of a setting, in all that was measured at both."""

from collections import defaultdict
from dataclasses import dataclass

from pandas import DataFrame

from motet_analysis.errors import InputError
from motet_analysis.measurements import Measurements, evaluation
from motet_analysis.paired import Paired, pair
from motet_analysis.settings import candidates, column_of, sort_key, telling, text, title


@dataclass(frozen=True)
class Place:
    """What a pair has alike, beside its seed."""

    #: Values of the other settings that tell runs apart.
    settings: tuple[str, ...]
    task: str
    data: str
    modality: str
    figure: str
    variant: str

    @property
    def evaluation(self) -> str:
        """What was measured, as tables name it."""
        return evaluation(self.task, self.data, self.figure, self.variant)

    def text(self) -> str:
        """`ViT, knn fsdd`."""
        return ", ".join(filter(None, [*self.settings, self.evaluation]))

    def apart(self, other: "Place", settings: list[str]) -> list[str]:
        """What keeps this from being paired with another measurement of the same; nothing where it
        is of something else."""
        subject = (self.task, self.data, self.modality, self.figure)
        if subject != (other.task, other.data, other.modality, other.figure):
            return []
        found = [
            title(key)
            for key, value, others in zip(settings, self.settings, other.settings)
            if value != others
        ]
        if self.variant != other.variant:
            found.append(f"the evaluation ({' or '.join(sorted([self.variant, other.variant]))})")
        return found


#: By the value of the compared setting, by place, then by seed.
Measured = dict[str, dict[Place, dict[float, float]]]


@dataclass(frozen=True)
class Contrast:
    """Two values of a setting, place by place."""

    first: str
    second: str
    pairs: dict[Place, Paired]


@dataclass(frozen=True)
class Differences:
    """The contrasts of a setting that have pairs."""

    #: The column that is compared.
    of: str
    #: The columns of `Place.settings`.
    settings: list[str]
    contrasts: list[Contrast]
    #: What else the two sides differ in, and what was left out.
    notes: list[str]


def differences(
    own: Measurements, of: str, first: str | None = None, second: str | None = None
) -> Differences:
    """The accuracies at `second` minus those at `first`, two values of the setting or label `of`.

    Without `first` it is the value that comes first; without `second` each other one is compared.
    """
    rows = own.accuracies()
    column = column_of(candidates(rows), of)
    if column is None:
        raise InputError(
            f"--of {of}: this is no label or setting that makes another experiment; these runs "
            f"differ in {', '.join(map(title, own.keys)) or 'nothing'}"
        )
    has_it = rows[column].map(text) != ""
    notes = []
    if not has_it.all():
        notes.append(
            f"{rows['run'][~has_it].nunique()} of {rows['run'].nunique()} runs have no "
            f"{title(column)} and are left out"
        )
    rows = rows[has_it]
    compared = _compared(list(dict.fromkeys(map(text, rows[column]))), of, first, second)
    runs = rows.drop_duplicates("run")
    settings = telling(runs, column)
    measured = _measured(rows, column, settings)
    contrasts = []
    for one, other in compared:
        pairs = {
            place: found
            for place, values in measured[one].items()
            if (found := pair(values, measured[other].get(place, {})))
        }
        if pairs:
            contrasts.append(Contrast(one, other, pairs))
            notes += _going_along(runs, column, settings, one, other)
        notes += _unpaired(measured, settings, one, other)
    if not contrasts:
        raise InputError(f"--of {of}: there is no pair: {'; '.join(notes)}")
    return Differences(column, settings, contrasts, [*own.notes, *notes])


def _compared(
    values: list[str], of: str, first: str | None, second: str | None
) -> list[tuple[str, str]]:
    """The pairs of values that are asked for."""
    if not values:
        raise InputError(f"--of {of}: no run that has it has an accuracy")
    for option, value in (("--from", first), ("--to", second)):
        if value is not None and value not in values:
            raise InputError(
                f"{option} {value}: no run that was measured has this {of}; there are: "
                f"{', '.join(values)}"
            )
    base = values[0] if first is None else first
    others = [value for value in values if value != base and second in (None, value)]
    if not others:
        raise InputError(f"--of {of}: {base} has no other value to be compared with")
    return [(base, other) for other in others]


def _measured(rows: DataFrame, column: str, settings: list[str]) -> Measured:
    found: Measured = defaultdict(lambda: defaultdict(dict))
    rows = rows.sort_values(["task", "data", "figure", "variant", "modality"])
    if settings:
        rows = rows.sort_values(settings, key=sort_key, kind="stable")
    for row in rows.to_dict("records"):
        place = Place(
            tuple(text(row[key]) for key in settings), row["task"], row["data"], row["modality"],
            row["figure"], row["variant"],
        )
        found[text(row[column])][place][row["seed"]] = row["value"]
    return found


def _going_along(
    runs: DataFrame, column: str, settings: list[str], first: str, second: str
) -> list[str]:
    """What else both sides have and differ in, since the compared setting determines it."""
    sides: dict[str, dict[tuple[str, ...], dict[str, str]]] = {first: {}, second: {}}
    keys = candidates(runs)
    for row in runs.to_dict("records"):
        values = {key: text(row[key]) for key in keys}
        if values[column] in sides:
            sides[values[column]][tuple(values[key] for key in settings)] = values
    both = [
        (own, sides[second][place]) for place, own in sides[first].items() if place in sides[second]
    ]
    along = [
        title(key)
        for key in keys
        if key != column and any("" != own[key] != other[key] != "" for own, other in both)
    ]
    if not along:
        return []
    return [
        f"{first} and {second} differ in {', '.join(along)} too: {title(column)} determines it"]


def _unpaired(measured: Measured, settings: list[str], first: str, second: str) -> list[str]:
    """What has no partner, and why."""
    apart: dict[str, None] = {}
    alone: dict[str, list[str]] = defaultdict(list)
    for side, other in ((first, second), (second, first)):
        own, others = measured[side], measured[other]
        without = [place for place in others if place not in own]
        for place, values in own.items():
            ways = [way for partner in without if (way := place.apart(partner, settings))]
            if place in others:
                seeds = sorted(values.keys() - others[place].keys())
                if seeds:
                    whose = f"{side} alone has seed {', '.join(map(text, seeds))} of"
                    alone[whose].append(place.text())
            elif ways:
                nearest = min(ways, key=len)
                apart[" and ".join(nearest)] = None
            else:
                alone[f"{side} alone has"].append(place.text())
    return [
        *(
            f"{first} and {second} are not paired where they differ in {what} too; choose with "
            "--where"
            for what in apart
        ),
        *(
            f"{whose} {' and '.join([places[0], *_more(places)])}: left out"
            for whose, places in alone.items()
        ),
    ]


def _more(places: list[str]) -> list[str]:
    return [f"{len(places) - 1} more"] if len(places) > 1 else []
