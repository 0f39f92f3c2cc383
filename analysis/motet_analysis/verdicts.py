"""What our intervals say about the differences that the paper reports.

The paper's numbers are of one run each, and have no intervals. So its difference between two
numbers is taken for a claim about a sign: that of ours is compared with it, not the size.
"""

from dataclasses import dataclass

from motet_analysis.comparison import Comparison
from motet_analysis.paired import Paired, pair

WITH = "with the paper"
AGAINST = "against the paper"
OPEN = "cannot be said"


@dataclass(frozen=True)
class Verdict:
    """One of the paper's differences, and ours."""

    row: str
    column: str
    #: The row or column name of what it is compared with.
    baseline: str
    #: The paper's, in points.
    paper: float
    pairs: Paired

    @property
    def word(self) -> str:
        """See `judge`."""
        return judge(self.paper, self.pairs.interval)


def judge(paper: float, interval: tuple[float, float] | None) -> str:
    """The rule: an interval of our difference that lies on the side of the paper's difference is
    with the paper, one that lies on the other side is against it. One that reaches zero cannot tell,
    nor can a single pair, which has none, nor a difference of zero, which has no side."""
    if interval is None or paper == 0 or interval[0] <= 0 <= interval[1]:
        return OPEN
    return WITH if (interval[0] > 0) == (paper > 0) else AGAINST


def verdicts(comparison: Comparison) -> list[Verdict]:
    """Of all differences that the paper's table makes and that were measured here on both sides."""
    found = []
    for row in comparison.rows:
        for column in comparison.columns:
            for baseline, own in comparison.layout.contrasts:
                other = _other(row, column, own, baseline)
                if other is None:
                    continue
                pairs = pair(
                    comparison.seeds.get(other, {}), comparison.seeds.get((row, column), {}))
                here = comparison.cells.get((row, column))
                there = comparison.cells.get(other)
                if (
                    pairs is None or here is None or there is None
                    or here.paper is None or there.paper is None
                ):
                    continue
                name = other[0] if other[0] != row else other[1]
                found.append(Verdict(row, column, name, here.paper - there.paper, pairs))
    return found


def _other(row: str, column: str, own: str, baseline: str) -> tuple[str, str] | None:
    """The place with the baseline's name where `own` stands; none where it stands nowhere."""
    if _has(row, own):
        return row.replace(own, baseline, 1), column
    return (row, column.replace(own, baseline, 1)) if _has(column, own) else None


def _has(name: str, word: str) -> bool:
    return f" {word} " in f" {name} "
