"""Writes scaffold.h5: three rounds of SCAFFOLD (Karimireddy et al., ICML 2020), in float64.

Option II, on trainable entries. A step takes g - c_q + c. After its steps of rates r_k client q
has c_q <- c_q - c + (w_global - w_q) / sum r_k, and the server c <- c + the sum of the round's
changes of c_q over the number of all clients, five. All c are zero at first. A client without a
step changes no c and counts in the mean with the global model. The model is
w <- w + rate (mean - w); running statistics are the mean, with the same weights. `plain` weighs the
round's clients equally, `weighted` by samples.

`server` is c after a round, `clients/Q` is c_q of a client that trained in it; trainable entries
alone.
"""

import sys
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
import small_network as net
from federation import Vector


class SCAFFOLD(federation.FedAvg):
    def __init__(self, dtype: type, weighted: bool, rate: float) -> None:
        super().__init__(dtype)
        self.weighted = weighted
        self.rate = rate
        self.server = np.zeros(net.TRAINABLE.shape, dtype)
        self.own = [self.server] * len(federation.SAMPLES)

    def train(self, client: int, start: Vector) -> Vector:
        own = self.own[client]
        return federation.descend(client, start, lambda gradient, _: gradient - own + self.server)

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        server = self.server
        for client, model in models.items():
            if travelled := sum(federation.RATES[: federation.STEPS[client]]):
                change = (start - model) / travelled - self.server
                self.own[client] = self.own[client] + change
                server = server + change / len(federation.SAMPLES)
        self.server = server
        average = federation.mean(models, self.weighted)
        return federation.with_trainable(start + self.rate * (average - start), average)

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        own = {f"clients/{client}": self.own[client][net.TRAINABLE] for client in clients}
        return {"server": self.server[net.TRAINABLE]} | own


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        for name, weighted, rate in (("plain", False, 1.0), ("weighted", True, 0.5)):
            federation.write_variant(
                file, name, partial(SCAFFOLD, weighted=weighted, rate=rate), rate=rate
            )


if __name__ == "__main__":
    main()
