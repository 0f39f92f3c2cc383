"""Writes linearclassifier.h5: scikit-learn's RidgeClassifier and LogisticRegression.

The regression's solver is Newton's, which goes down to the last digits; L-BFGS stops before that.

Features are not stored: noise around each class's centre, which is noise as well, with scales and
means that differ from feature to feature, as float32. With two classes scikit-learn has one column
of decision values, d; stored are the two that it stands for: ridge's -d and d, whose targets are
-1 and 1, and logistic regression's -d/2 and d/2. `standardised` features went through
StandardScaler, and are float32 again.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.preprocessing import StandardScaler

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

TRAIN, TEST, DIMS = 300, 400, 24
#: How far the class centres lie apart, in units of the features' noise.
SPREAD = 0.5
ALPHA, C = 3.0, 0.4


def labelled_features(number: int, count: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(count) * 3 % classes
    centres = ref.noise(ref.seed(5202), classes * DIMS).reshape(classes, DIMS)
    features = ref.noise(ref.seed(number), count * DIMS).reshape(count, DIMS)
    features = features + np.float32(SPREAD) * centres[labels]
    column = np.arange(DIMS, dtype=np.float32)
    return features * (1 + column % 4) + column * np.float32(0.25), labels


def main() -> None:
    with ref.create_beside(__file__) as file:
        file.attrs.update(train=TRAIN, test=TEST, dims=DIMS, spread=SPREAD, alpha=ALPHA, c=C)
        for classes in (2, 5):
            features, labels = labelled_features(5200, TRAIN, classes)
            queries, truth = labelled_features(5201, TEST, classes)
            scaler = StandardScaler().fit(features.astype(np.float64))
            for scaling in ("plain", "standardised"):
                if scaling == "standardised":
                    features, queries = (
                        scaler.transform(x.astype(np.float64)).astype(np.float32)
                        for x in (features, queries)
                    )
                for name, model in (
                    ("ridge", RidgeClassifier(alpha=ALPHA, solver="cholesky")),
                    ("logistic", LogisticRegression(C=C, tol=1e-13, max_iter=1000, solver="newton-cholesky")),
                ):
                    model.fit(features.astype(np.float64), labels)
                    decisions = model.decision_function(queries.astype(np.float64))
                    if classes == 2:
                        d = decisions if name == "ridge" else decisions / 2
                        decisions = np.stack([-d, d], axis=1)
                    accuracy = float((decisions.argmax(1) == truth).mean())
                    print(f"  {name} of {classes}, {scaling}: accuracy {accuracy:.4f}")
                    group = file.create_group(f"{name}_{classes}_{scaling}")
                    group.attrs["accuracy"] = accuracy
                    group.create_dataset("decisions", data=decisions)


if __name__ == "__main__":
    main()
