"""What FedAdam's, FedYogi's and FedAdagrad's fixtures have in common (Reddi et al., ICLR 2021).

With D = mean - w of the clients' mean by samples: m <- beta1 m + (1 - beta1) D, v by each one's own
rule, w <- w + rate m / (sqrt(v) + tau), from m = 0 and v = tau^2, without correction of the
moments' bias, on trainable entries. Running statistics are the mean. `first` and `second` are m and
v after a round, trainable entries alone.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
import small_network as net
from federation import Vector

TAU, RATE = 1e-3, 0.1

#: From v and D^2 to the next v.
Rule = Callable[[Vector, Vector], Vector]


class AdaptiveServer(federation.FedAvg):
    def __init__(self, dtype: type, beta1: float, rule: Rule) -> None:
        super().__init__(dtype)
        self.beta1, self.rule = beta1, rule
        self.first = np.zeros(net.TRAINABLE.shape, dtype)
        self.second = np.full(net.TRAINABLE.shape, TAU**2, dtype)

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        average = federation.mean(models)
        change = average - start
        self.first = self.beta1 * self.first + (1 - self.beta1) * change
        self.second = self.rule(self.second, change**2)
        step = RATE * self.first / (np.sqrt(self.second) + TAU)
        return federation.with_trainable(start + step, average)

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        return {"first": self.first[net.TRAINABLE], "second": self.second[net.TRAINABLE]}


def write(script: str, beta1: float, rule: Rule, **options: float) -> None:
    """Writes the fixture beside a script, whose name is its variant's."""
    with ref.create_beside(script) as file:
        federation.write_federation(file)
        federation.write_variant(
            file, Path(script).stem, partial(AdaptiveServer, beta1=beta1, rule=rule),
            beta1=beta1, **options, tau=TAU, rate=RATE,
        )
