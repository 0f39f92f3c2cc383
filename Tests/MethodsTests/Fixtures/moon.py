"""Writes moon.h5: MOON's term (Li et al., CVPR 2021) added to NT-Xent, in PyTorch.

Twice the cross-entropy of which of two models a view's projection is nearer to by cosine, over 0.5:
the global one is right, the client's last one wrong; the mean over all views.
"""

import torch
from terms import Batch, write_cases
from torch import Tensor, nn
from torch.nn import functional


def term(batch: Batch, _: nn.Module) -> Tensor:
    own, near, far = (torch.cat(rows) for rows in (batch.projection, batch.global_, batch.previous))
    similarities = [functional.cosine_similarity(own, other) / 0.5 for other in (near, far)]
    right = torch.zeros(len(own), dtype=torch.long)
    return 2 * functional.cross_entropy(torch.stack(similarities, dim=1), right)


if __name__ == "__main__":
    write_cases(__file__, term)
