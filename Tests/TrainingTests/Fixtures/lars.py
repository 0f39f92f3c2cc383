"""Writes lars.h5: five steps of lightly's LARS (You et al., arXiv 1708.03888) with given gradients.

Parameters of one dimension have no decay and, as lightly has it, then no adaptation either. Stored
are the trainable entries after each step, without and with Nesterov's momentum. Weights and
gradients are `small_network`'s: `noise_vector(1)`, and `noise_vector(10 (step + 1))` for steps from
0, but fc.weight is zero at first and conv1.weight's gradient in step 2: there, too, lightly neither
decays nor adapts.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from lightly.utils.lars import LARS
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref
import small_network as net

STEPS, RATE, MOMENTUM, DECAY = 5, 0.5, 0.9, 0.1
TRUST, EPSILON = 0.1, 1e-8
UNMOVED = 2


def weights() -> np.ndarray:
    return np.where(net.mask("fc.weight"), 0, net.noise_vector(1))


def gradient(step: int, name: str) -> np.ndarray:
    unmoved = step == UNMOVED and name == "conv1.weight"
    return net.noise(10 * (step + 1), name) * (0 if unmoved else 1)


def run(nesterov: bool, dtype: torch.dtype) -> Tensor:
    """The trainable entries after each step, [steps, entries]."""
    parameters = net.parameters(weights(), dtype)
    matrices, vectors = net.by_dimensions(parameters)
    optimizer = LARS(
        [{"params": matrices}, {"params": vectors, "weight_decay": 0}],
        lr=RATE, momentum=MOMENTUM, weight_decay=DECAY, nesterov=nesterov,
        trust_coefficient=TRUST, eps=EPSILON,
    )
    return net.take_steps(optimizer, parameters, gradient, STEPS)


def main() -> None:
    with ref.create_beside(__file__) as file:
        file.attrs.update(
            steps=STEPS, rate=RATE, momentum=MOMENTUM, decay=DECAY, trust=TRUST, epsilon=EPSILON,
            unmoved=UNMOVED,
        )
        for name, nesterov in (("plain", False), ("nesterov", True)):
            exact, single = (run(nesterov, dtype) for dtype in (torch.float64, torch.float32))
            ref.print_errors(name, [("weights", single, exact)])
            file.create_dataset(name, data=exact.numpy())


if __name__ == "__main__":
    main()
