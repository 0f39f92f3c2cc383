"""Writes supervised.h5: PyTorch's cross-entropy with its gradient, and SGD with Nesterov momentum.

Logits, weights and gradients come from `reference.noise`; results are float64.
"""

import sys
from pathlib import Path

import h5py
import torch
from torch.nn.functional import cross_entropy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

ROWS, CLASSES = 9, 7
STEPS, SIZE = 5, 257
RATE, MOMENTUM, DECAY = 0.03, 0.9, 0.1


def write_cross_entropy(group: h5py.Group, spread: float) -> None:
    logits = (ref.noise_tensor(ref.seed(7000), ROWS, CLASSES) * spread).double().requires_grad_()
    labels = torch.arange(ROWS) * 3 % CLASSES
    losses = cross_entropy(logits, labels, reduction="none")
    losses.mean().backward()
    group.attrs.update(rows=ROWS, classes=CLASSES, spread=spread)
    group.create_dataset("losses", data=losses.detach().numpy())
    ref.write(group, "labels", labels.int())
    ref.write(group, "gradient", logits.grad)


def write_nesterov(group: h5py.Group) -> None:
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
        for name, spread in (("usual", 4.0), ("extreme", 512.0)):
            write_cross_entropy(file.create_group(f"crossentropy/{name}"), spread)
        write_nesterov(file.create_group("nesterov"))


if __name__ == "__main__":
    main()
