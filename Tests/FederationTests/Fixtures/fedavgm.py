"""Writes fedavgm.h5: three rounds of FedAvgM (Hsu et al., arXiv 1909.06335), in NumPy and float64.

With D = mean - w of the clients' mean by samples: v <- beta v + D, w <- w + rate v, from v = 0, on
trainable entries. Running statistics are the mean. `velocity` is v after a round, trainable entries
alone.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
import small_network as net
from federation import Vector

MOMENTUM, RATE = 0.9, 0.5


class FedAvgM(federation.FedAvg):
    def __init__(self, dtype: type) -> None:
        super().__init__(dtype)
        self.velocity = np.zeros(net.TRAINABLE.shape, dtype)

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        average = federation.mean(models)
        self.velocity = MOMENTUM * self.velocity + (average - start)
        return federation.with_trainable(start + RATE * self.velocity, average)

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        return {"velocity": self.velocity[net.TRAINABLE]}


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        federation.write_variant(file, "fedavgm", FedAvgM, momentum=MOMENTUM, rate=RATE)


if __name__ == "__main__":
    main()
