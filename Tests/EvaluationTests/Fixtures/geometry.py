"""Writes geometry.h5: figures of feature spaces by NumPy, SciPy and scikit-learn.

Everything goes another way than Motet does: singular values of the features themselves instead of
eigenvalues of what they add up to, CKA by the samples' kernels instead of the features' products,
all pairs at once, LDA by scikit-learn.

Features are not stored: noise whose columns differ in size, each set's in another order, with a
few factors in common and an offset, as float32.
"""

import sys
from pathlib import Path

import numpy as np
from scipy.linalg import subspace_angles
from scipy.spatial.distance import cdist, pdist
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

DIMS, FACTORS = 24, 4
COUNTS = (90, 60, 41)
DIRECTIONS, SHRINKAGE = 6, 0.02


def features(number: int, count: int) -> np.ndarray:
    """Set `number`, [count, DIMS], whose values are float32's."""
    column = np.arange(DIMS)
    factors = ref.noise(ref.seed(5310 + number), count * FACTORS).reshape(count, FACTORS)
    values = ref.noise(ref.seed(5300 + number), count * DIMS).reshape(count, DIMS)
    values = values + np.float32(0.5) * factors[:, column % FACTORS]
    scale = np.float32(4) / (1 + (column + 5 * number) % DIMS).astype(np.float32)
    offset = np.float32(0.25) * ref.noise(ref.seed(5320 + number), DIMS)
    return (values * scale + offset).astype(np.float64)


def rank(x: np.ndarray) -> float:
    sigma = np.linalg.svd(x, compute_uv=False)
    p = sigma / sigma.sum() + 1e-7
    return float(np.exp(-(p * np.log(p)).sum()))


def unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def spread(x: np.ndarray) -> float:
    return float(((x - x.mean(0)) ** 2).sum(1).mean())


def directions(x: np.ndarray) -> np.ndarray:
    return np.linalg.svd(x - x.mean(0), full_matrices=False)[2][:DIRECTIONS].T


def cka(x: np.ndarray, y: np.ndarray) -> float:
    centring = np.eye(len(x)) - 1 / len(x)
    k, l = (centring @ z @ z.T @ centring for z in (x, y))
    return float((k * l).sum() / np.sqrt((k * k).sum() * (l * l).sum()))


def judged(sets: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Of the odd places, which the even ones judge: a value for each set, and which set is found."""
    x = np.concatenate([s[::2] for s in sets])
    y = np.repeat(np.arange(len(sets)), [len(s[::2]) for s in sets])
    model = LinearDiscriminantAnalysis(
        solver="lsqr", shrinkage=SHRINKAGE, priors=[1 / len(sets)] * len(sets))
    model.fit(x, y)
    queries = np.concatenate([s[1::2] for s in sets])
    values = model.decision_function(queries)
    if len(sets) == 2:
        values = np.stack([-values / 2, values / 2], axis=1)
    return values - values.mean(1, keepdims=True), model.predict(queries)


def main() -> None:
    sets = [features(number, count) for number, count in enumerate(COUNTS)]
    other = features(7, COUNTS[0])
    view = (sets[0] + other / 8).astype(np.float32).astype(np.float64)
    mixed = (sets[0] + other).astype(np.float32).astype(np.float64)[:, 3:12]
    units = [unit(x) for x in sets]
    a, b = sets[:2]
    figures = {
        "rank_0": rank(a), "rank_1": rank(b), "rank_2": rank(sets[2]),
        "rank_few": rank(a[:10]),
        "rank_all": rank(np.concatenate([x / np.sqrt(len(x)) for x in sets])),
        "gap": np.linalg.norm(units[0].mean(0) - units[1].mean(0)),
        "gap_relative": np.linalg.norm(a.mean(0) - b.mean(0)) / np.sqrt((spread(a) + spread(b)) / 2),
        "uniformity_0": np.log(np.exp(-2 * pdist(units[0], "sqeuclidean")).mean()),
        "uniformity_1": np.log(np.exp(-2 * pdist(units[1], "sqeuclidean")).mean()),
        "uniformity_0_1": np.log(np.exp(-2 * cdist(units[0], units[1], "sqeuclidean")).mean()),
        "alignment": ((units[0] - unit(view)) ** 2).sum(1).mean(),
        "cka": cka(a[: len(b)], b),
        "cka_narrow": cka(a, mixed),
    }
    with ref.create_beside(__file__) as file:
        file.attrs.update(dims=DIMS, directions=DIRECTIONS, shrinkage=SHRINKAGE)
        for name, value in figures.items():
            print(f"  {name}: {value:.6f}")
            file.attrs[name] = np.float64(value)
        angles = np.rad2deg(subspace_angles(directions(a), directions(b)))[::-1]
        print(f"  angles: {angles}")
        file.create_dataset("angles", data=angles)
        file.create_dataset("variances", data=np.linalg.eigvalsh(np.cov(a.T, bias=True))[::-1])
        for count in (2, 3):
            values, found = judged(sets[:count])
            print(f"  {count} sets: {np.bincount(found)} of {[len(s[1::2]) for s in sets[:count]]}")
            file.create_dataset(f"decisions_{count}", data=values)
            file.create_dataset(f"found_{count}", data=found.astype("<i4"))


if __name__ == "__main__":
    main()
