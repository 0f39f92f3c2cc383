"""Writes fedx.h5: what FedX (Han et al., ECCV 2022) adds to NT-Xent, in PyTorch.

With p the predictor's outputs, z projections, r those of other samples and g the global model's:
NT-Xent(p1, g2) + JS(p1, p2; gr) + JS(z1, z2; zr), all temperatures 0.1.
"""

import torch
from lightly.loss import NTXentLoss
from terms import Batch, Case, write_cases
from torch import Tensor, nn
from torch.nn import functional

TEMPERATURE = 0.1


class Head(nn.Module):
    """The predictor, under the names that a whole model has for it."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.fedx = nn.Sequential(
            nn.Linear(case.dims, case.hidden), nn.ReLU(), nn.Linear(case.hidden, case.dims)
        )


def relations(first: Tensor, second: Tensor, anchors: Tensor) -> Tensor:
    """The Jensen-Shannon divergence of two views' relations to anchors."""
    directions = functional.normalize(anchors, dim=1)
    logs = [
        functional.log_softmax(functional.normalize(view, dim=1) @ directions.T / TEMPERATURE, 1)
        for view in (first, second)
    ]
    mean = (logs[0].exp() + logs[1].exp()) / 2
    parts = [functional.kl_div(log, mean, reduction="batchmean") for log in logs]
    return (parts[0] + parts[1]) / 2


def term(batch: Batch, head: nn.Module) -> Tensor:
    first, second, random = batch.projection
    predictions = [head.fedx(first), head.fedx(second)]
    contrast = NTXentLoss(TEMPERATURE)(predictions[0], batch.global_[1])
    return (
        contrast
        + relations(predictions[0], predictions[1], batch.global_[2])
        + relations(first, second, random)
    )


if __name__ == "__main__":
    write_cases(__file__, term, Head, views=3, temperature=TEMPERATURE)
