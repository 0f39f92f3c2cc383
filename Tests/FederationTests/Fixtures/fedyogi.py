"""Writes fedyogi.h5: three rounds of FedYogi (Reddi et al., ICLR 2021, Algorithm 2), in float64.

With D = mean - w of the clients' mean by samples: m <- beta1 m + (1 - beta1) D,
v <- v - (1 - beta2) D^2 sign(v - D^2), w <- w + rate m / (sqrt(v) + tau), from m = 0 and v = tau^2,
without correction of the moments' bias, on trainable entries. Running statistics are the mean.
`first` and `second` are m and v after a round, trainable entries alone.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
import small_network as net
from federation import Vector

BETA1, BETA2, TAU, RATE = 0.9, 0.99, 1e-3, 0.1


class FedYogi(federation.FedAvg):
    def __init__(self, dtype: type) -> None:
        super().__init__(dtype)
        self.first = np.zeros(net.TRAINABLE.shape, dtype)
        self.second = np.full(net.TRAINABLE.shape, TAU**2, dtype)

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        average = federation.mean(models)
        change = average - start
        self.first = BETA1 * self.first + (1 - BETA1) * change
        square = change**2
        self.second = self.second - (1 - BETA2) * square * np.sign(self.second - square)
        step = RATE * self.first / (np.sqrt(self.second) + TAU)
        return federation.with_trainable(start + step, average)

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        return {"first": self.first[net.TRAINABLE], "second": self.second[net.TRAINABLE]}


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        federation.write_variant(
            file, "fedyogi", FedYogi, beta1=BETA1, beta2=BETA2, tau=TAU, rate=RATE
        )


if __name__ == "__main__":
    main()
