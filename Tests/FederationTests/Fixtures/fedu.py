"""Writes fedu.h5: three rounds of FedU (Zhuang et al., ICCV 2021; EasyFL's code), in NumPy and
float64.

A client begins with the global model, its own target and, where its last training went further than
the threshold, its own predictor. `clients/Q` is the target it has after a round.
"""

import sys
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import own_target
import reference as ref
from federation import Vector


class FedU(own_target.OwnTarget):
    def __init__(self, dtype: type, threshold: float) -> None:
        super().__init__(dtype)
        self.threshold = threshold
        self.models: dict[int, Vector] = {}
        self.distances: dict[int, float] = {}

    def train(self, client: int, start: Vector) -> Vector:
        if federation.STEPS[client] == 0:
            return start
        begin = start
        if client in self.models and self.distances[client] >= self.threshold:
            begin = np.where(own_target.PREDICTOR, self.models[client], start)
        model = self.descend(client, begin, self.targets.get(client, start))
        self.models[client] = model
        self.distances[client] = own_target.distance(begin, model)
        return model

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        return {
            f"clients/{client}": self.targets[client][~own_target.PREDICTOR] for client in clients
        }


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        file.attrs["pull"] = own_target.PULL
        for name, threshold in (("always_own", 0), ("some", 2.5), ("never_own", 1e30)):
            federation.write_variant(file, name, partial(FedU, threshold=threshold))


if __name__ == "__main__":
    main()
