from pathlib import Path

import pytest

from gathered_file import GatheredFile


@pytest.fixture
def table6(tmp_path: Path) -> Path:
    """Table 6 with three seeds of one row, two of another, one unfinished run."""
    content = GatheredFile()
    for method, arch, values in (
        ("FSSUAVL", "R-18", {1: 0.10, 2: 0.12, 3: 0.17}), ("Model-Comb.", "R-18", {1: 0.05, 2: 0.09}),
    ):
        for seed, value in values.items():
            run = content.run(
                f"{method}-{arch}-{seed}", "small-table6", seed, label__method=method,
                label__arch=arch)
            content.evaluate(run, "knn", "tinyimagenet", value, k=200)
            content.evaluate(run, "knn", "fsdd", value + 0.2, k=200)
            content.evaluate(run, "knn", "fsdd", 1.5, figure="loss", k=200)
            content.evaluate(run, "knn", "tinyimagenet", 0.9, number=2, k=200)
    run = content.run(
        "unfinished", "small-table6", 3, "unfinished", 2, label__method="Model-Comb.",
        label__arch="R-18")
    content.evaluate(run, "knn", "tinyimagenet", 0.99, number=2, k=200)
    content.damaged.append(
        {"run": "unfinished", "file": "checkpoint-000003.h5", "message": "damaged: <its sum>"})
    return content.write(tmp_path / "results.h5")
