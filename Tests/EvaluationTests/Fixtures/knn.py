"""Writes knn.h5: predictions of lightly's weighted kNN on overlapping classes.

Features are stored as they are; they are l2-normalised before the prediction. The ranking is
checked to be clear: no class leads another by less than rounding could change. Classes without
a neighbour are ranked by their index.
"""

import sys
from pathlib import Path

import h5py
import torch
from lightly.utils.benchmarking.knn import knn_predict
from torch import Tensor
from torch.nn.functional import normalize, one_hot

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

BANK, QUERIES, DIMS, CLASSES = 300, 50, 32, 7
TEMPERATURE = 0.1
#: How far the class centres lie apart, in units of the features' noise.
SPREAD = 0.35
#: The least relative lead of a class over the next that counts as clear.
CLEAR = 1e-5


def labelled_features(number: int, count: int) -> tuple[Tensor, Tensor]:
    labels = torch.arange(count, dtype=torch.int64) * 5 % CLASSES
    centres = ref.noise_tensor(ref.seed(5002), CLASSES, DIMS)
    features = ref.noise_tensor(ref.seed(number), count, DIMS) + SPREAD * centres[labels]
    return features, labels


def scores(queries: Tensor, bank: Tensor, labels: Tensor, k: int) -> Tensor:
    """Each class's sum of exp(cosine / temperature) over the k nearest."""
    similarity, nearest = (queries @ bank.T).topk(k)
    votes = one_hot(labels[nearest], CLASSES).double()
    return (votes * (similarity / TEMPERATURE).exp().unsqueeze(-1)).sum(1)


def ranking(values: Tensor) -> Tensor:
    ranks = values.argsort(dim=1, descending=True, stable=True)
    ordered = values.gather(1, ranks)
    lead = (ordered[:, :-1] - ordered[:, 1:]) / ordered[:, :-1]
    smallest = lead[ordered[:, :-1] > 0].min().item()
    print(f"  smallest relative lead of a class over the next {smallest:.1e}")
    if smallest < CLEAR:
        raise ValueError("a ranking hangs on rounding: choose other features")
    return ranks


def check_against_lightly(
    queries: Tensor, bank: Tensor, labels: Tensor, k: int, values: Tensor, ranks: Tensor
) -> None:
    theirs = knn_predict(queries, bank.T, labels, CLASSES, knn_k=k, knn_t=TEMPERATURE)
    differs = (theirs != ranks) & (values.gather(1, ranks) > 0)
    if differs.any():
        raise ValueError("lightly ranks classes that have neighbours in another order")


def write_case(
    file: h5py.File, k: int, queries: Tensor, bank: Tensor, labels: Tensor, truth: Tensor
) -> None:
    values = scores(queries, bank, labels, k)
    ranks = ranking(values)
    check_against_lightly(queries, bank, labels, k, values, ranks)
    accuracy = (ranks[:, 0] == truth).double().mean().item()
    print(f"  k {k}: accuracy {accuracy:.2f}")
    group = file.create_group(f"k{k}")
    group.attrs.update(k=k, temperature=TEMPERATURE, accuracy=accuracy)
    ref.write(group, "predicted", ranks[:, 0])
    ref.write(group, "ranking", ranks)
    ref.write(group, "scores", values)


def main() -> None:
    bank, labels = labelled_features(5000, BANK)
    queries, truth = labelled_features(5001, QUERIES)
    with ref.create_beside(__file__) as file:
        file.attrs["classes"] = CLASSES
        named = {"bank": bank, "bank_labels": labels, "queries": queries, "query_labels": truth}
        for name, values in named.items():
            ref.write(file, name, values)
        unit_bank, unit_queries = (normalize(x.double(), dim=1) for x in (bank, queries))
        for k in (200, 20):
            write_case(file, k, unit_queries, unit_bank, labels, truth)


if __name__ == "__main__":
    main()
