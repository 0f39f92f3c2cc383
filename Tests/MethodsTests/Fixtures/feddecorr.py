"""Writes feddecorr.h5: FedDecorr (Shi et al., ICLR 2023) added to NT-Xent, in PyTorch.

0.1 times the mean over both views of: the mean of the squared products of two different columns of
the standardised features, over the number of samples.
"""

import torch
from terms import Batch, write_cases
from torch import Tensor, nn


def decorrelation(features: Tensor) -> Tensor:
    count, columns = features.shape
    variance = features.var(dim=0, unbiased=True)
    standard = (features - features.mean(dim=0)) / (variance + 1e-8).sqrt()
    products = standard.T @ standard
    different = ~torch.eye(columns, dtype=torch.bool)
    return products[different].square().mean() / count


def term(batch: Batch, _: nn.Module) -> Tensor:
    return 0.1 * (decorrelation(batch.features[0]) + decorrelation(batch.features[1])) / 2


if __name__ == "__main__":
    write_cases(__file__, term)
