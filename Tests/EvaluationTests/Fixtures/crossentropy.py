"""Writes crossentropy.h5: PyTorch's cross-entropy with its gradient.

Logits come from `reference.noise`; results are float64.
"""

import sys
from pathlib import Path

import h5py
import torch
from torch.nn.functional import cross_entropy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

ROWS, CLASSES = 9, 7


def write(group: h5py.Group, spread: float) -> None:
    logits = (ref.noise_tensor(ref.seed(7000), ROWS, CLASSES) * spread).double().requires_grad_()
    labels = torch.arange(ROWS) * 3 % CLASSES
    losses = cross_entropy(logits, labels, reduction="none")
    losses.mean().backward()
    group.attrs.update(rows=ROWS, classes=CLASSES, spread=spread)
    group.create_dataset("losses", data=losses.detach().numpy())
    ref.write(group, "labels", labels.int())
    ref.write(group, "gradient", logits.grad)


def main() -> None:
    with ref.create_beside(__file__) as file:
        for name, spread in (("usual", 4.0), ("extreme", 512.0)):
            write(file.create_group(name), spread)


if __name__ == "__main__":
    main()
