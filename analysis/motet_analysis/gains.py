"""What training has added to an encoder with random values."""

from dataclasses import dataclass

from motet_analysis.measurements import Measurements, evaluation
from motet_analysis.paired import Paired, pair
from motet_analysis.settings import sort_key, text

#: Below this many points an encoder is said to have learned little.
LITTLE = 10.0


@dataclass(frozen=True)
class Gain:
    """An accuracy after training minus that before, paired by seed."""

    settings: tuple[str, ...]
    evaluation: str
    modality: str
    pairs: Paired
    #: The accuracy of the views themselves, without a network; not a number where not measured.
    floor: float

    @property
    def is_little(self) -> bool:
        """Whether its mean is below `LITTLE`."""
        return 100 * self.pairs.difference.mean < LITTLE


def gains(own: Measurements) -> list[Gain]:
    """Of each setting and evaluation whose random encoder was measured (`round: 0`)."""
    rows = own.accuracies()
    rows = rows[rows["before"].notna()]
    if own.keys:
        rows = rows.sort_values([*own.keys], key=sort_key, kind="stable")
    found = []
    by = [*own.keys, "task", "data", "modality", "figure", "variant"]
    for values, part in rows.groupby(by, sort=False, dropna=False):
        settings = tuple(map(text, values[: len(own.keys)]))
        task, data, modality, figure, variant = values[len(own.keys):]
        pairs = pair(
            dict(zip(part["seed"], part["before"])), dict(zip(part["seed"], part["value"])))
        if pairs is not None:
            found.append(
                Gain(
                    settings, evaluation(task, data, figure, variant), modality, pairs,
                    float(part["floor"].mean()),
                )
            )
    return found
