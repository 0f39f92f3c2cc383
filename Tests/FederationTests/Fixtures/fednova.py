"""Writes fednova.h5: three rounds of FedNova (Wang et al., NeurIPS 2020), in NumPy and float64.

Client q's steps weigh a_q, its direction is (w_q - w) / a_q, and w moves by the sum of p_q a_q
times the sum of p_q (w_q - w) / a_q, p_q its share of the round's samples; on trainable entries.
Running statistics are the mean by samples. `plain` has a_q = the sum of the steps' rates;
`momentum` has what NIID-Bench takes for SGD with momentum rho, times the mean rate:
a = rate (tau - rho (1 - rho^tau) / (1 - rho)) / (1 - rho). Clients descend plainly in both.
"""

import sys
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
from federation import Vector


def weight(client: int, rho: float) -> float:
    rates = federation.RATES[: federation.STEPS[client]]
    steps = len(rates)
    each = sum(rates) / steps
    return each * (steps - rho * (1 - rho**steps) / (1 - rho)) / (1 - rho)


class FedNova(federation.FedAvg):
    def __init__(self, dtype: type, rho: float) -> None:
        super().__init__(dtype)
        self.rho = rho

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        total = sum(federation.SAMPLES[client] for client in models)
        trained = [client for client in models if federation.STEPS[client] > 0]
        shares = {client: federation.SAMPLES[client] / total for client in trained}
        weights = {client: weight(client, self.rho) for client in trained}
        direction = sum(
            shares[client] * (models[client].astype(float) - start) / weights[client]
            for client in trained
        )
        step = sum(shares[client] * weights[client] for client in trained)
        moved = (start + step * direction).astype(start.dtype)
        return federation.with_trainable(moved, federation.mean(models))


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        for name, rho in (("plain", 0.0), ("momentum", 0.9)):
            federation.write_variant(file, name, partial(FedNova, rho=rho), rho=rho)


if __name__ == "__main__":
    main()
