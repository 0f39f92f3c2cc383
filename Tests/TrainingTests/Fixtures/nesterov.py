"""Writes nesterov.h5: PyTorch's SGD with Nesterov momentum.

Weights and gradients come from `reference.noise`; results are float64.
"""

import sys
from pathlib import Path

import h5py
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

STEPS, SIZE = 5, 257
RATE, MOMENTUM, DECAY = 0.03, 0.9, 0.1


def write(group: h5py.Group) -> None:
    weights = ref.noise_tensor(ref.seed(6000), SIZE).double().requires_grad_()
    optimizer = torch.optim.SGD(
        [weights], lr=RATE, momentum=MOMENTUM, weight_decay=DECAY, nesterov=True
    )
    for step in range(STEPS):
        weights.grad = ref.noise_tensor(ref.seed(6001 + step), SIZE).double()
        optimizer.step()
    group.attrs.update(steps=STEPS, size=SIZE, rate=RATE, momentum=MOMENTUM, decay=DECAY)
    ref.write(group, "weights", weights)


def main() -> None:
    with ref.create_beside(__file__) as file:
        write(file)


if __name__ == "__main__":
    main()
