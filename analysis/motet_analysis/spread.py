"""Mean, standard deviation and count over seeds."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy


@dataclass(frozen=True)
class Spread:
    """What several runs that differ in their seed measured."""

    mean: float
    #: The sample's (n - 1); not a number of one run.
    sd: float
    n: int

    def text(self, scale: float = 100, digits: int = 2) -> str:
        """`41.60 ± 0.52 (3)`, in percent."""
        mean = f"{scale * self.mean:.{digits}f}"
        sd = "" if math.isnan(self.sd) else f" ± {scale * self.sd:.{digits}f}"
        return f"{mean}{sd} ({self.n})"


def spread(values: Iterable[float]) -> Spread:
    """Of at least one value."""
    own = numpy.asarray(list(values), dtype=float)
    sd = float(own.std(ddof=1)) if len(own) > 1 else math.nan
    return Spread(float(own.mean()), sd, len(own))
