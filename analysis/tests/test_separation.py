import numpy
import pytest
from sklearn.metrics import silhouette_samples
from sklearn.metrics.pairwise import cosine_distances

from motet_analysis.embeddings import Embeddings
from motet_analysis.separation import separation


def embeddings(features: list[list[float]], sets: list[str], modalities: list[str]) -> Embeddings:
    return Embeddings(
        numpy.array(features, dtype="f4"), numpy.zeros(len(sets), dtype="i4"),
        numpy.array(sets, dtype=object), numpy.array(modalities, dtype=object), "encoder",
    )


def test_by_hand() -> None:
    """Unit vectors at 0°, 60°, 90° and 150°: cosine distances 1 - cos."""
    angles = numpy.radians([0, 60, 90, 150])
    own = separation(
        embeddings(
            [[3 * numpy.cos(a), 3 * numpy.sin(a)] for a in angles], ["a", "a", "b", "b"],
            ["image", "image", "audio", "audio"]),
        neighbours=1,
    )
    # a: 0.5 inside; outside (1 + 1.866) / 2 and (0.134 + 1) / 2: (1 - 0.5 / 1.433), (0.567 - 0.5) / 0.567.
    inside, far, near = 0.5, (1 + 1 + 3**0.5 / 2) / 2, (1 - 3**0.5 / 2 + 1) / 2
    expected = (2 * (1 - inside / far) + 2 * (1 - inside / near)) / 4
    assert own.sets.silhouette == pytest.approx(expected)
    # The nearest of 0° is 60° (own), of 60° 90° (other), of 90° 60° (other), of 150° 90° (own).
    assert own.sets.purity == 0.5
    # One of the three others is of the own group.
    assert own.sets.chance == pytest.approx(1 / 3)
    assert own.modalities == own.sets and own.count == 4


def test_against_the_definition() -> None:
    random = numpy.random.default_rng(1)
    features = random.normal(size=(60, 8)).astype("f4")
    features[:20] += 2
    sets = ["a"] * 20 + ["b"] * 20 + ["c"] * 20
    own = separation(embeddings(features.tolist(), sets, ["image"] * 40 + ["audio"] * 20))
    distances = cosine_distances(features.astype("f8"))
    numpy.fill_diagonal(distances, numpy.inf)
    named = numpy.array([f"{s} ({m})" for s, m in zip(sets, ["image"] * 40 + ["audio"] * 20)])
    nearest = numpy.argsort(distances, axis=1)[:, :10]
    assert own.sets.purity == pytest.approx((named[nearest] == named[:, None]).mean())
    numpy.fill_diagonal(distances, 0)
    assert own.sets.silhouette == pytest.approx(
        silhouette_samples(distances, named, metric="precomputed").mean())


def test_separate_and_mixed() -> None:
    far = [[1, 0.01 * i, 0] for i in range(20)] + [[0, 0.01 * i, 1] for i in range(20)]
    sets = ["a"] * 20 + ["b"] * 20
    own = separation(embeddings(far, sets, sets))
    assert own.sets.purity == 1 and own.sets.silhouette > 0.9
    mixed = separation(embeddings(far, ["a", "b"] * 20, sets))
    assert mixed.sets.purity < 0.6 and mixed.sets.silhouette < 0.1
    # Equal samples, zeros and one group alone are no errors.
    same = separation(embeddings([[0.0, 0.0]] * 6, ["a"] * 3 + ["b"] * 3, ["image"] * 6))
    assert 0 <= same.sets.purity <= 1 and numpy.isnan(same.modalities.silhouette)
