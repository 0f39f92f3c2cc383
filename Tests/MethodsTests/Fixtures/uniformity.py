"""Writes uniformity.h5: FedU²'s distance of two sets of directions (CVPR 2024), in PyTorch.

Both sets are seen from a point of the sphere, by the logarithm there, and compared along slices:
the mean over slices and ranks of the squared difference of sorted coordinates. `gradient` is that
by the first set, which is taken as it is.
"""

import sys
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

CASES = [(3, 4, 2), (8, 16, 6), (64, 96, 6)]


def logarithm(point: Tensor, values: Tensor) -> Tensor:
    cosine = (values @ point).unsqueeze(1)
    angle = torch.acos(cosine)
    return angle / torch.sin(angle) * (values - cosine * point)


def distance(first: Tensor, second: Tensor, point: Tensor, slices: Tensor) -> Tensor:
    own, other = (
        torch.sort(logarithm(point, values) @ slices.T, dim=0)[0] for values in (first, second)
    )
    return (own - other).square().mean()


def main() -> None:
    with ref.create_beside(__file__) as file:
        for count, dims, slices in CASES:
            values = [
                ref.noise_tensor(ref.seed(number), rows, dims).double()
                for number, rows in ((1, count), (2, count), (3, 1), (4, slices))
            ]
            first, second, point = (functional.normalize(rows, dim=1) for rows in values[:3])
            first = first.detach().requires_grad_()
            loss = distance(first, second, point[0], values[3])
            loss.backward()
            group = file.create_group(f"n{count}d{dims}s{slices}")
            group.attrs.update(count=count, dims=dims, slices=slices)
            group.create_dataset("loss", data=loss.detach().reshape(1).numpy())
            ref.write_sampled(group, "gradient", first.grad)
            print(group.name, loss.item(), first.grad.norm().item())


if __name__ == "__main__":
    main()
