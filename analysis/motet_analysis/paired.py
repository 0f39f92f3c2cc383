"""Values of the same seeds on two sides: their differences, and how sure the mean of these is.

Runs of one seed share what it draws, the clients' samples above all, so that their difference
varies less than either number does.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy.stats import t

from motet_analysis.spread import Spread, spread

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Paired:
    """What the seeds that both sides have measured."""

    first: Spread
    second: Spread
    #: The second minus the first, by seed.
    difference: Spread
    #: Pairs in which the second is greater.
    ahead: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """Student's, of the mean difference; one pair has none."""
        n = self.difference.n
        if n == 1:
            return None
        half = float(t.ppf((1 + CONFIDENCE) / 2, n - 1)) * self.difference.sd / math.sqrt(n)
        return self.difference.mean - half, self.difference.mean + half

    @property
    def word(self) -> str:
        """Whether the second is `greater` or `less` by its interval, or that `cannot be said`."""
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1]:
            return "cannot be said"
        return "greater" if self.interval[0] > 0 else "less"

    def text(self) -> str:
        """`+1.23 [+0.40, +2.06]`, in points."""
        mean = f"{100 * self.difference.mean:+.2f}"
        if self.interval is None:
            return f"{mean}, one pair has no interval"
        low, high = self.interval
        return f"{mean} [{100 * low:+.2f}, {100 * high:+.2f}]"


def pair(first: Mapping[float, float], second: Mapping[float, float]) -> Paired | None:
    """Of values by seed; none without a common seed."""
    seeds = [seed for seed in first if seed in second]
    if not seeds:
        return None
    return Paired(
        spread(first[seed] for seed in seeds), spread(second[seed] for seed in seeds),
        spread(second[seed] - first[seed] for seed in seeds),
        sum(second[seed] > first[seed] for seed in seeds),
    )
