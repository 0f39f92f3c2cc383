import math

import pytest

from motet_analysis.spread import spread


def test_by_hand() -> None:
    # Mean 0.13; squares 9, 1, 16 of 1e-4, over n - 1 = 2: 13e-4.
    own = spread([0.10, 0.12, 0.17])
    assert own.mean == pytest.approx(0.13) and own.n == 3
    assert own.sd == pytest.approx(math.sqrt(13e-4))
    assert own.text() == "13.00 ± 3.61 (3)"


def test_of_one_run_there_is_no_deviation() -> None:
    own = spread([0.5])
    assert math.isnan(own.sd) and own.text() == "50.00 (1)"
