"""Writes linear.h5: scikit-learn's logistic regression on overlapping classes.

Features are not stored: noise around each class's centre, which is noise as well, as float32.
The regression has no penalty, as the linear probe has no weight decay.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

TRAIN, TEST, DIMS, CLASSES = 2000, 2000, 32, 7
#: How far the class centres lie apart, in units of the features' noise.
SPREAD = 0.35


def labelled_features(number: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(count) * 5 % CLASSES
    centres = ref.noise(ref.seed(5102), CLASSES * DIMS).reshape(CLASSES, DIMS)
    noise = ref.noise(ref.seed(number), count * DIMS).reshape(count, DIMS)
    return noise + np.float32(SPREAD) * centres[labels], labels


def main() -> None:
    features, labels = labelled_features(5100, TRAIN)
    queries, truth = labelled_features(5101, TEST)
    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=10_000)
    model.fit(features.astype(np.float64), labels)
    predicted = model.predict(queries.astype(np.float64))
    accuracy = float((predicted == truth).mean())
    print(f"  accuracy {accuracy:.4f}, {model.n_iter_} iterations")
    with ref.create_beside(__file__) as file:
        file.attrs.update(
            train=TRAIN, test=TEST, dims=DIMS, classes=CLASSES, spread=SPREAD, accuracy=accuracy
        )
        file.create_dataset("predicted", data=predicted.astype("<i4"))


if __name__ == "__main__":
    main()
