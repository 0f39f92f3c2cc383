"""Writes simsiam.h5: SimSiam's loss (Chen and He, arXiv 2011.10566, eq. 2), with gradients.

With p the predictions of the projections z (`predictor.py`), the loss is the mean of lightly's
NegativeCosineSimilarity of both directions. No gradient goes through z.
"""

from lightly.loss import NegativeCosineSimilarity
from torch import Tensor

import predictor


def loss(predictions: list[Tensor], projections: list[Tensor], _: list[Tensor]) -> Tensor:
    criterion = NegativeCosineSimilarity()
    first, second = (z.detach() for z in projections)
    return 0.5 * (criterion(predictions[0], second) + criterion(predictions[1], first))


if __name__ == "__main__":
    predictor.write_cases(__file__, loss)
