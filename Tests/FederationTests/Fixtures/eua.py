"""Writes eua.h5: three rounds of FedU²'s EUA (Liao et al., CVPR 2024), in NumPy and float64.

The clients' changes of trainable entries are brought to length 2, and the model moves by the rate
times the shortest convex combination of them, which the authors' `MinNormSolver` (Sener & Koltun,
NeurIPS 2018) looks for: written anew here, with its numbers. Running statistics are the mean by
shares of samples to a power. Clients without a step have no part. `few` stops the solver after a step.
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

VARIANTS = {
    "plain": dict(rate=0.1, length=2.0, steps=20, power=1),
    "sharp": dict(rate=8.0, length=1.0, steps=20, power=10),
    "few": dict(rate=0.5, length=2.0, steps=1, power=2),
}


def nearest_on_simplex(values: Vector) -> Vector:
    ordered = np.sort(values)[::-1]
    sums = np.cumsum(ordered) - 1
    shift = sums[-1] / len(values)
    for place in range(len(values) - 1):
        if sums[place] / (place + 1) > ordered[place + 1]:
            shift = sums[place] / (place + 1)
            break
    return np.maximum(values - shift, 0)


def share_of_first(aa: float, ab: float, bb: float) -> float:
    """The c of the shortest c a + (1 - c) b."""
    if ab >= aa:
        return 0.999
    if ab >= bb:
        return 0.001
    return (bb - ab) / (aa + bb - 2 * ab)


def next_point(weights: Vector, direction: Vector) -> Vector:
    direction = direction - direction.mean()
    down, up = direction < 0, direction > 0
    ways = np.concatenate([-weights[down] / direction[down], (1 - weights[up]) / direction[up]])
    ways = ways[ways > 1e-7]
    return nearest_on_simplex(weights + (ways.min() if len(ways) else 1) * direction)


def shortest(gram: Vector, weights: Vector, steps: int) -> Vector:
    if len(weights) == 1:
        return weights
    if len(weights) == 2:
        share = share_of_first(gram[0, 0], gram[0, 1], gram[1, 1])
        return np.array([share, 1 - share])
    for _ in range(steps):
        point = next_point(weights, -gram @ weights)
        share = share_of_first(
            weights @ gram @ weights, weights @ gram @ point, point @ gram @ point
        )
        moved = share * weights + (1 - share) * point
        if np.abs(moved - weights).sum() < 1e-5:
            break
        weights = moved
    return weights


class EUA(federation.FedAvg):
    def __init__(self, dtype: type, rate: float, length: float, steps: int, power: int) -> None:
        super().__init__(dtype)
        self.rate, self.length, self.steps, self.power = rate, length, steps, power

    def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
        trained = [client for client in models if federation.STEPS[client] > 0]
        ends = np.stack([models[client] for client in trained]).astype(float)
        changes = (ends - start) * net.TRAINABLE
        changes *= self.length / np.linalg.norm(changes, axis=1, keepdims=True)
        shares = np.array([federation.SAMPLES[client] for client in trained], float) ** self.power
        shares /= shares.sum()
        mixed = shortest(changes @ changes.T, shares, self.steps) @ changes
        moved = federation.with_trainable(start + self.rate * mixed, shares @ ends)
        return moved.astype(self.dtype)


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        for name, options in VARIANTS.items():
            federation.write_variant(file, name, partial(EUA, **options), **options)


if __name__ == "__main__":
    main()
