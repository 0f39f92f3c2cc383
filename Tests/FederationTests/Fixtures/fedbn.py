"""Writes fedbn.h5: three rounds of FedBN (Li et al., ICLR 2021), in NumPy and float64.

A BatchNorm layer's entries, trainable or not, stay with the client: it starts from the global model
with its own of them, where it has trained before. It sends all, and the global model is the mean of
all entries by samples, for evaluation and for clients that come for the first time.

`clients/Q` is what a client that trained in a round keeps: bn1.weight, bias, running_mean and
running_var.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
import small_network as net
from federation import Vector


class FedBN(federation.FedAvg):
    def __init__(self, dtype: type) -> None:
        super().__init__(dtype)
        self.own: dict[int, Vector] = {}

    def train(self, client: int, start: Vector) -> Vector:
        if federation.STEPS[client] == 0:
            return start
        own = np.where(net.BATCHNORM, self.own.get(client, start), start)
        self.own[client] = federation.descend(client, own)
        return self.own[client]

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        return {f"clients/{client}": self.own[client][net.BATCHNORM] for client in clients}


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        federation.write_variant(file, "fedbn", FedBN)


if __name__ == "__main__":
    main()
