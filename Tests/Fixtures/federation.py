"""A toy federation, and what the fixtures of federated algorithms have in common.

A client's loss is |a (w - t)|^2 / 2, element by element, over its trainable entries; it trains by
plain gradient descent with a rate for each step. A running statistic r becomes 0.9 r + 0.1 t in
each step. Client q's t is `noise_vector(100 (q + 1))`, its a `noise_vector(1000 + 100 (q + 1))`.
The clients of a round are those that `Selection(clients: 5, participation: 0.6, seed: 23)` draws:
client 0 misses a round, client 1 has no sample and trains no step, client 2 never takes part.

A fixture has the federation's numbers, `selected/ROUND`, and for each variant `NAME/ROUND/global`,
the model after the round, with what the server or the round's clients keep beside it; rounds count
from 1. The numbers of a variant are its group's attributes.
"""

from collections.abc import Callable

import h5py
import numpy as np

import small_network as net

SAMPLES = [10, 0, 30, 40, 20]
#: A client's steps; step k has rate number k.
STEPS = [1, 0, 3, 4, 2]
RATES = [0.5, 0.375, 0.25, 0.125]
#: How much of a running statistic stays in a step.
INERTIA = 0.9
PARTICIPATION, SEED = 0.6, 23
ROUNDS = [[0, 1, 3], [1, 3, 4], [0, 3, 4]]

Vector = np.ndarray
#: From the gradient and the model before a step to the gradient that the step takes.
Correction = Callable[[Vector, Vector], Vector]


def uncorrected(gradient: Vector, _: Vector) -> Vector:
    return gradient


def descend(client: int, start: Vector, correct: Correction = uncorrected) -> Vector:
    """A client's model after its local training from `start`."""
    target, scale = (
        net.noise_vector(number + 100 * (client + 1)).astype(start.dtype) for number in (0, 1000)
    )
    model = start
    for rate in RATES[: STEPS[client]]:
        gradient = correct(scale**2 * (model - target), model)
        statistics = INERTIA * model + (1 - INERTIA) * target
        model = np.where(net.TRAINABLE, model - rate * gradient, statistics)
    return model


def mean(models: dict[int, Vector], weighted: bool = True) -> Vector:
    """The clients' mean, by samples or with equal weights; summed in float64."""
    shares = {client: SAMPLES[client] if weighted else 1 for client in models}
    total = sum(shares.values())
    result = sum(shares[client] / total * models[client].astype(float) for client in models)
    return result.astype(next(iter(models.values())).dtype)


class FedAvg:
    """The mean of what clients make of the global model; an algorithm overrides what it changes."""

    def __init__(self, dtype: type) -> None:
        self.dtype = dtype

    def train(self, client: int, start: Vector) -> Vector:
        return descend(client, start)

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        """The next global model, of the clients' models and of the one before."""
        return mean(models)

    def kept(self, clients: list[int]) -> dict[str, Vector]:
        """What the server and those of `clients` that trained keep after a round, by name."""
        return {}


def with_trainable(values: Vector, others: Vector) -> Vector:
    """`values` where the network is trainable, its running statistics from `others`."""
    return np.where(net.TRAINABLE, values, others)


def rounds(algorithm: FedAvg) -> list[dict[str, Vector]]:
    """For each round: `global`, the model after it, and what is kept."""
    model = net.global_model().astype(algorithm.dtype)
    results = []
    for clients in ROUNDS:
        models = {client: algorithm.train(client, model) for client in clients}
        model = algorithm.finish(models, model)
        trained = [client for client in clients if STEPS[client] > 0]
        results.append({"global": model} | algorithm.kept(trained))
    return results


def write_federation(file: h5py.File) -> None:
    file.attrs.update(participation=PARTICIPATION, seed=SEED, rounds=len(ROUNDS), inertia=INERTIA)
    file.create_dataset("samples", data=np.array(SAMPLES, "<i4"))
    file.create_dataset("steps", data=np.array(STEPS, "<i4"))
    file.create_dataset("rates", data=np.array(RATES, "<f8"))
    for number, clients in enumerate(ROUNDS, start=1):
        file.create_dataset(f"selected/{number}", data=np.array(clients, "<i4"))


def write_variant(
    file: h5py.File, name: str, make: Callable[[type], FedAvg], **options: float
) -> None:
    """Stores `NAME/ROUND/...` in float64, and prints how far float32 lies from it."""
    file.create_group(name).attrs.update(options)
    exact, single = (rounds(make(dtype)) for dtype in (np.float64, np.float32))
    for number, (values, rough) in enumerate(zip(exact, single), start=1):
        for key, value in values.items():
            file.create_dataset(f"{name}/{number}/{key}", data=value.astype("<f8"))
        print(f"  {name} round {number}: {farthest(rough, values)}")


def farthest(rough: dict[str, Vector], exact: dict[str, Vector]) -> str:
    """For each kind of vector the largest difference."""
    worst: dict[str, float] = {}
    for key, values in exact.items():
        kind = key.split("/")[0]
        worst[kind] = max(worst.get(kind, 0), float(np.abs(rough[key] - values).max()))
    return ", ".join(f"{kind} {error:.1e}" for kind, error in worst.items())
