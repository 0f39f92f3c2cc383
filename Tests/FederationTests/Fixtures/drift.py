"""Writes drift.h5: how far the clients of three rounds of FedAvg go apart, by layer, in NumPy.

With a client's change of a layer's trainable entries, its share of the samples of those that
trained, and the changes' mean: `distance` is the root of the mean squared distance to that mean,
`cosine` the mean cosine with it, `length` its length. One row a round, one column a layer.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
import small_network as net

LAYERS = ["conv1", "bn1", "fc"]


def drift(models: dict[int, np.ndarray], start: np.ndarray, layer: str) -> list[float]:
    chosen = net.mask(f"{layer}.") & net.TRAINABLE
    trained = [client for client in models if federation.STEPS[client] > 0]
    weights = np.array([federation.SAMPLES[client] for client in trained], float)
    weights /= weights.sum()
    changes = np.array([(models[client] - start)[chosen] for client in trained])
    mean = weights @ changes
    cosines = changes @ mean / np.linalg.norm(changes, axis=1) / np.linalg.norm(mean)
    squares = np.square(changes - mean).sum(axis=1)
    return [float(np.sqrt(weights @ squares)), float(weights @ cosines), float(np.linalg.norm(mean))]


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        model, rows = net.global_model(), []
        for clients in federation.ROUNDS:
            models = {client: federation.descend(client, model) for client in clients}
            rows.append([drift(models, model, layer) for layer in LAYERS])
            model = federation.mean(models)
        for index, name in enumerate(("distance", "cosine", "length")):
            file.create_dataset(name, data=np.array(rows)[:, :, index].astype("<f8"))
        print(np.array(rows))


if __name__ == "__main__":
    main()
