"""Writes byol.h5: BYOL's loss (Grill et al., arXiv 2006.07733) of projections, with gradients.

With p the predictions of the online projections (`predictor.py`), z the target's projections, and N
samples, the loss is the mean over both directions, and over samples, of 2 - 2 cos:

    L = (sum_i 2 - 2 cos(p1_i, z2_i) + sum_i 2 - 2 cos(p2_i, z1_i)) / 2N

This is 2 plus the sum of lightly's NegativeCosineSimilarity of both directions: twice lightly's
benchmark in slope, half of the paper's symmetric loss. Targets have no gradient.
"""

from lightly.loss import NegativeCosineSimilarity
from torch import Tensor

import predictor


def loss(predictions: list[Tensor], _: list[Tensor], targets: list[Tensor]) -> Tensor:
    criterion = NegativeCosineSimilarity()
    return 2 + criterion(predictions[0], targets[1]) + criterion(predictions[1], targets[0])


if __name__ == "__main__":
    predictor.write_cases(__file__, loss)
