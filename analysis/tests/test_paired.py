import math

import pytest

from motet_analysis.paired import pair


def test_by_hand() -> None:
    own = pair({1: 0.10, 2: 0.20, 3: 0.15}, {3: 0.18, 1: 0.12, 2: 0.19})
    assert own is not None
    # Differences 2, -1 and 3 points: mean 4/3, squares 39/9 in sum, over n - 1 = 2: 13/3.
    assert own.difference.mean == pytest.approx(4 / 300)
    assert own.difference.sd == pytest.approx(math.sqrt(13 / 3) / 100)
    assert own.ahead == 2 and own.first.text() == "15.00 ± 5.00 (3)"
    # A t table: 4.303 for 2 degrees of freedom.
    half = 4.303 * math.sqrt(13 / 3) / math.sqrt(3)
    assert own.text() == f"+1.33 [{4 / 3 - half:+.2f}, {4 / 3 + half:+.2f}]"


@pytest.mark.parametrize("n, quantile", [(2, 12.706), (3, 4.303), (5, 2.776), (11, 2.228)])
def test_the_quantiles_are_those_of_a_table(n: int, quantile: float) -> None:
    own = pair({seed: 0.0 for seed in range(n)}, {seed: float(seed) for seed in range(n)})
    assert own is not None and own.interval is not None
    low, high = own.interval
    # The variance of 0 ... n - 1 is n (n + 1) / 12.
    assert (high - low) / 2 == pytest.approx(quantile * math.sqrt((n + 1) / 12), rel=2e-4)
    assert (high + low) / 2 == pytest.approx((n - 1) / 2)


def test_only_common_seeds_count() -> None:
    own = pair({1: 0.1, 2: 0.2, 7: 0.9}, {2: 0.3, 1: 0.1, 8: 0.0})
    assert own is not None and own.difference.n == 2 and own.ahead == 1
    assert own.first.mean == pytest.approx(0.15) and own.second.mean == pytest.approx(0.2)
    assert pair({1: 0.1}, {2: 0.2}) is None


def test_one_pair_has_no_interval() -> None:
    own = pair({1: 0.25}, {1: 0.125})
    assert own is not None and own.interval is None
    assert own.text() == "-12.50, one pair has no interval"


def test_pairs_that_differ_by_the_same_are_sure() -> None:
    own = pair({1: 0.25, 2: 0.5}, {1: 0.5, 2: 0.75})
    assert own is not None and own.text() == "+25.00 [+25.00, +25.00]"
