"""Writes fedema.h5: three rounds of FedEMA (Zhuang et al., ICLR 2022; EasyFL's code), in NumPy and
float64.

A client begins with mu own + (1 - mu) global on trainable entries, mu = min(1, scale d), and with
its own target. `training` has d from the start to the end of its last training, `global` from its
last model to the global one; the scale is tau over the first d. `selective` lets a client that
missed a round begin with the global model and its target. `clients/Q` is the model it keeps.
"""

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import own_target
import reference as ref
from federation import Vector


class FedEMA(own_target.OwnTarget):
    def __init__(
        self, dtype: type, tau: float, measure: str, selective: bool, scale: float = 0
    ) -> None:
        super().__init__(dtype)
        self.tau, self.measure, self.selective, self.scale = tau, measure, selective, scale
        self.models: dict[int, Vector] = {}
        self.distances: dict[int, float] = {}
        self.scales: dict[int, float] = {}
        self.last: dict[int, int] = {}
        self.round = 1

    def train(self, client: int, start: Vector) -> Vector:
        if federation.STEPS[client] == 0:
            return start
        begin, target = start, start
        missed = self.selective and self.last.get(client) != self.round - 1
        if client in self.models and not missed:
            own = self.models[client]
            distance = self.distances[client]
            if self.measure == "global":
                distance = own_target.distance(own, start)
            scale = self.scale or self.scales.setdefault(client, self.tau / distance)
            mu = start.dtype.type(min(1, scale * distance))
            begin = federation.with_trainable(mu * own + (1 - mu) * start, start)
            target = self.targets[client]
        model = self.descend(client, begin, target)
        self.models[client] = model
        self.distances[client] = own_target.distance(begin, model)
        if self.measure == "training":
            self.scales.setdefault(client, self.tau / self.distances[client])
        self.last[client] = self.round
        return model

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        self.round += 1
        return super().finish(models, start)

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        return {f"clients/{client}": self.models[client] for client in clients}


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        file.attrs["pull"] = own_target.PULL
        for name, options in (
            ("training", {"tau": 0.7, "measure": "training", "selective": False}),
            ("global", {"tau": 0.5, "measure": "global", "selective": False}),
            ("selective", {"tau": 0.7, "measure": "training", "selective": True}),
            ("fixed", {"tau": 0, "measure": "training", "selective": False, "scale": 0.125}),
        ):
            federation.write_variant(file, name, partial(FedEMA, **options))


if __name__ == "__main__":
    main()
