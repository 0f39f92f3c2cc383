"""Writes fedprox.h5: three rounds of FedProx (Li et al., MLSys 2020), in NumPy and float64.

Local training adds mu (w - w_global) to the gradient of the trainable entries, w_global being the
model that the client got. The server's part is FedAvg. `small` and `large` differ in mu alone.
"""

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
from federation import Vector


class FedProx(federation.FedAvg):
    def __init__(self, dtype: type, mu: float) -> None:
        super().__init__(dtype)
        self.mu = mu

    def train(self, client: int, start: Vector) -> Vector:
        return federation.descend(
            client, start, lambda gradient, model: gradient + self.mu * (model - start)
        )


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        for name, mu in (("small", 0.01), ("large", 1.0)):
            federation.write_variant(file, name, partial(FedProx, mu=mu), mu=mu)


if __name__ == "__main__":
    main()
