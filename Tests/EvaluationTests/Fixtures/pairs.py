"""Writes pairs.h5: recognition of pairs by NumPy alone, and scikit-learn's measures of it.

Features and logits are not stored: noise, shifted by each class's centre. Nearest neighbours are
the paper's: cosine, weights exp(s / 0.1), in float64 with a full sort. Each prediction is checked
to be clear of rounding.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import confusion_matrix, recall_score

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

BANK, QUERIES, CLASSES = 900, 300, 6
IMAGE, AUDIO = 24, 40
SPREAD, TEMPERATURE = 0.3, 0.1
#: The least relative lead of the predicted class over the next.
CLEAR = 1e-5


def labels(count: int) -> np.ndarray:
    return np.arange(count) * 7 % CLASSES


def rows(number: int, count: int, dims: int) -> np.ndarray:
    """float32 noise around the centres of the rows' classes."""
    centres = ref.noise(ref.seed(5200 + dims), CLASSES * dims).reshape(CLASSES, dims)
    noise = ref.noise(ref.seed(number), count * dims).reshape(count, dims)
    return noise + np.float32(SPREAD) * centres[labels(count)]


def normalised(features: np.ndarray) -> np.ndarray:
    wide = features.astype(np.float64)
    return wide / np.linalg.norm(wide, axis=1, keepdims=True)


def knn(bank: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    similarity = normalised(queries) @ normalised(bank).T
    nearest = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    weights = np.exp(np.take_along_axis(similarity, nearest, axis=1) / TEMPERATURE)
    votes = np.zeros((len(queries), CLASSES))
    for query, (near, weight) in enumerate(zip(nearest, weights)):
        np.add.at(votes[query], labels(BANK)[near], weight)
    ordered = np.sort(votes, axis=1)
    lead = ((ordered[:, -1] - ordered[:, -2]) / ordered[:, -1]).min()
    if lead < CLEAR:
        raise ValueError(f"a prediction leads by {lead:.1e} only: choose other features")
    return votes.argmax(axis=1)


def main() -> None:
    truth = labels(QUERIES)
    bank = {"image": rows(5210, BANK, IMAGE), "audio": rows(5211, BANK, AUDIO)}
    queries = {"image": rows(5212, QUERIES, IMAGE), "audio": rows(5213, QUERIES, AUDIO)}
    for features in (bank, queries):
        features["joined"] = np.hstack([normalised(features[m]) for m in ("image", "audio")])
    with ref.create_beside(__file__) as file:
        file.attrs.update(
            bank=BANK, queries=QUERIES, classes=CLASSES, image=IMAGE, audio=AUDIO, spread=SPREAD
        )
        for k in (200, 20):
            for name in bank:
                predicted = knn(bank[name], queries[name], k)
                print(f"  k {k}, {name}: accuracy {(predicted == truth).mean():.3f}")
                file.create_dataset(f"k{k}/{name}", data=predicted.astype("<i4"))
        # Logits of two modalities: the classes' noise with the true one raised.
        logits = [ref.noise(ref.seed(n), QUERIES * CLASSES).reshape(QUERIES, CLASSES) for n in (5220, 5221)]
        mean = (logits[0] + logits[1]) / 2
        file.create_dataset("mean_of_logits", data=mean.argmax(axis=1).astype("<i4"))
        predicted = knn(bank["image"], queries["image"], 20)
        file.create_dataset("confusion", data=confusion_matrix(truth, predicted).astype("<i8"))
        file.create_dataset("per_class", data=recall_score(truth, predicted, average=None))
        values = np.sort(ref.noise(ref.seed(5230), 1000).astype(np.float64))
        file.create_dataset("quantiles", data=np.quantile(values, [0.025, 0.5, 0.975]))


if __name__ == "__main__":
    main()
