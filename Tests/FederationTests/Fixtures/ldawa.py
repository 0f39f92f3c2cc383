"""Writes ldawa.h5: what L-DAWA makes of five clients' models, in NumPy and Float64.

The arithmetic is that of its authors' code (github.com/yasar-rehman/L-DAWA, `my_aggregate`), with
options for the weights of the mean and for running statistics. Models are not stored: `LDAWATests`
makes the same from `noise`, with values that Float32 holds exactly.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref
from small_network import SHAPES, is_statistic, noise

SAMPLES = [10, 0, 30, 40, 20]

Model = dict[str, np.ndarray]


def global_model() -> Model:
    model = {name: noise(1, name) for name in SHAPES}
    model["bn1.bias"][:] = 0
    return model


def client_model(client: int, start: Model) -> Model:
    """The same, the opposite, half way to something else, something else, and a part of zeros."""
    other = {name: noise(100 * (client + 1), name) for name in SHAPES}
    near = {name: 0.5 * start[name] + 0.5 * other[name] for name in SHAPES}
    match client:
        case 0:
            return start
        case 1:
            return {name: -0.5 * start[name] for name in SHAPES}
        case 3:
            return other
        case 4:
            return near | {"fc.bias": np.zeros(4)}
    return near


def cosine(own: np.ndarray, start: np.ndarray) -> float:
    lengths = np.linalg.norm(own) * np.linalg.norm(start)
    return min(float(own @ start) / lengths, 1.0) if lengths > 0 else 1.0


def aggregate(weighted: bool, scaled: bool) -> np.ndarray:
    start = global_model()
    models = [client_model(client, start) for client in range(len(SAMPLES))]
    shares = np.array(SAMPLES) / sum(SAMPLES) if weighted else np.full(len(SAMPLES), 1 / len(SAMPLES))
    return np.concatenate([
        sum(
            share * model[name]
            * (cosine(model[name], start[name]) if scaled or not is_statistic(name) else 1.0)
            for share, model in zip(shares, models)
        )
        for name in SHAPES
    ])


def main() -> None:
    with ref.create_beside(__file__) as file:
        for weighted in (False, True):
            for statistics in ("scaled", "averaged"):
                name = f"{'weighted' if weighted else 'plain'}-{statistics}"
                result = aggregate(weighted, statistics == "scaled")
                file.create_dataset(name, data=result.astype("<f8"))
                print(name, np.abs(result).mean())


if __name__ == "__main__":
    main()
