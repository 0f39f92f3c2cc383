"""Writes adamw.h5: five steps of PyTorch's AdamW on a small network with given gradients.

`all` decays every parameter, `matrices` those of two and more dimensions; `adam` is PyTorch's Adam,
which has no decay. Stored are the trainable
entries after each step. Weights and gradients are `small_network`'s: `noise_vector(1)`, and
`noise_vector(10 (step + 1))` for steps from 0, but bn1.bias has a gradient of zeros all along, and
that of fc.weight is divided by 1024, so that epsilon counts.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref
import small_network as net

STEPS, RATE, DECAY = 5, 0.03, 0.1
BETAS, EPSILON = (0.8, 0.95), 1e-3


def gradient(step: int, name: str) -> np.ndarray:
    scale = {"bn1.bias": 0, "fc.weight": 1 / 1024}.get(name, 1)
    return net.noise(10 * (step + 1), name) * scale


def run(decayed: str, dtype: torch.dtype) -> Tensor:
    """The trainable entries after each step, [steps, entries]."""
    parameters = net.parameters(net.noise_vector(1), dtype)
    matrices, vectors = net.by_dimensions(parameters)
    groups = [
        {"params": matrices, "weight_decay": DECAY},
        {"params": vectors, "weight_decay": DECAY if decayed == "all" else 0},
    ]
    optimizer: torch.optim.Optimizer
    if decayed == "adam":
        optimizer = torch.optim.Adam(parameters.values(), lr=RATE, betas=BETAS, eps=EPSILON)
    else:
        optimizer = torch.optim.AdamW(groups, lr=RATE, betas=BETAS, eps=EPSILON)
    return net.take_steps(optimizer, parameters, gradient, STEPS)


def main() -> None:
    with ref.create_beside(__file__) as file:
        file.attrs.update(
            steps=STEPS, rate=RATE, beta1=BETAS[0], beta2=BETAS[1], epsilon=EPSILON, decay=DECAY
        )
        for decayed in ("all", "matrices", "adam"):
            exact, single = (run(decayed, dtype) for dtype in (torch.float64, torch.float32))
            ref.print_errors(decayed, [("weights", single, exact)])
            file.create_dataset(decayed, data=exact.numpy())


if __name__ == "__main__":
    main()
