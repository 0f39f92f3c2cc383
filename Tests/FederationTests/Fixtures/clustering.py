"""Writes clustering.h5: Orchestra's clusterings (Lubana et al., ICML 2022), in NumPy and PyTorch.

`sinkhorn`: assignments of rows to centroids, in float64, after at most 100 steps. `local`: k-means
by such assignments, five rounds, from rows at equal distances. `global`: gradient steps by autograd
and torch.optim.SGD, after 1 and after 40.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

TEMPERATURE = 0.1


def directions(number: int, count: int, dims: int) -> np.ndarray:
    """Float32's values: what both sides begin with."""
    values = ref.noise(ref.seed(number), count * dims).reshape(count, dims).astype(np.float64)
    return (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)


def sinkhorn(cosines: np.ndarray, steps: int = 100) -> np.ndarray:
    samples, clusters = cosines.shape
    shares = np.exp(25 * cosines - (25 * cosines).max(axis=1, keepdims=True))
    shares = (shares / shares.sum(axis=1, keepdims=True)).T
    of_sample = np.ones((samples, 1)) / samples
    for step in range(steps):
        of_cluster = (1 / clusters) / (shares @ of_sample)
        new = ((1 / samples) / (of_cluster.T @ shares)).T
        change = np.abs(of_sample / new - 1).sum() if step % 10 == 0 else np.inf
        of_sample = new
        if change < 1e-2:
            break
    return (shares * of_sample.T).T * of_cluster.T * samples


def local(rows: np.ndarray, clusters: int) -> np.ndarray:
    first = rows[[k * len(rows) // clusters for k in range(clusters)]].astype(np.float64)
    centroids = first.copy()
    for _ in range(5):
        chosen = sinkhorn(rows.astype(np.float64) @ centroids.T, steps=10).argmax(axis=1)
        for k in range(clusters):
            own = rows[chosen == k].astype(np.float64)
            mean = own.mean(axis=0) if len(own) else first[k]
            centroids[k] = mean / np.linalg.norm(mean)
    return centroids


def move(centroids: np.ndarray, rows: np.ndarray, steps: int) -> np.ndarray:
    weight = torch.nn.Parameter(torch.from_numpy(centroids.astype(np.float64)))
    values = torch.from_numpy(rows.astype(np.float64))
    optimizer = torch.optim.SGD([weight], lr=0.01, momentum=0.9, weight_decay=1e-4)
    for _ in range(steps):
        wanted = torch.from_numpy(sinkhorn((values @ weight.T).detach().numpy()))
        optimizer.zero_grad()
        own = functional.softmax(functional.normalize(values, dim=1) @ weight.T / TEMPERATURE, 1)
        (-functional.cosine_similarity(wanted, own, dim=-1).mean()).backward()
        optimizer.step()
        with torch.no_grad():
            weight.copy_(functional.normalize(weight, dim=1))
    return weight.detach().numpy()


def main() -> None:
    with ref.create_beside(__file__) as file:
        for count, dims, clusters in ((6, 3, 2), (40, 8, 5), (96, 16, 12)):
            rows, centroids = directions(1, count, dims), directions(2, clusters, dims)
            group = file.create_group(f"n{count}d{dims}k{clusters}")
            group.attrs.update(count=count, dims=dims, clusters=clusters)
            cosines = (rows.astype(np.float64) @ centroids.astype(np.float64).T)
            results = {"sinkhorn": sinkhorn(cosines.astype(np.float32).astype(np.float64))}
            results["local"] = local(rows, clusters)
            for steps in (1, 40):
                results[f"global/{steps}"] = move(centroids, rows, steps)
            for name, value in results.items():
                group.create_dataset(name, data=value.astype("<f8"))
                print(group.name, name, np.abs(value).max())


if __name__ == "__main__":
    main()
