"""Writes orchestra.h5: Orchestra's loss of a batch (Lubana et al., ICML 2022), in PyTorch.

Cross-entropy of the second views' assignments to centroids from those of the target's first views,
at temperature 0.1, plus that of the third views' quarter turns by a linear layer. Stored are the
loss and the gradients of all projections and of that layer.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

TEMPERATURE = 0.1


@dataclass(frozen=True)
class Case:
    count: int
    dims: int
    clusters: int

    @property
    def name(self) -> str:
        return f"n{self.count}d{self.dims}k{self.clusters}"


CASES = [Case(3, 4, 2), Case(8, 16, 5), Case(64, 96, 128)]


class Head(nn.Module):
    """The linear layer, under the name that a whole model has for it."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.orchestra = nn.ModuleDict({"turns": nn.Linear(case.dims, 4)})
        ref.fill_parameters(self)


def rows(number: int, count: int, dims: int, dtype: torch.dtype) -> Tensor:
    return ref.noise_tensor(ref.seed(number), count, dims).to(dtype)


def run(case: Case, dtype: torch.dtype) -> dict[str, Tensor]:
    views = [rows(4000 + view, case.count, case.dims, dtype).requires_grad_() for view in range(3)]
    target = rows(4002, case.count, case.dims, dtype)
    centroids = rows(4200, case.clusters, case.dims, dtype)
    head = Head(case).to(dtype)
    turns = torch.arange(case.count) % 4
    wanted = functional.softmax(functional.normalize(target, dim=1) @ centroids.T / TEMPERATURE, 1)
    own = functional.normalize(views[1], dim=1) @ centroids.T / TEMPERATURE
    loss = functional.cross_entropy(own, wanted)
    loss = loss + functional.cross_entropy(head.orchestra["turns"](views[2]), turns)
    loss.backward()
    gradients = [torch.zeros_like(view) if view.grad is None else view.grad for view in views]
    values = {"loss": loss.detach().reshape(1), "projection": torch.cat(gradients)}
    for name, parameter in head.named_parameters():
        values[f"gradients/{name}"] = parameter.grad
    return values


def main() -> None:
    with ref.create_beside(__file__) as file:
        for case in CASES:
            exact, single = run(case, torch.float64), run(case, torch.float32)
            pairs = [(key, single[key], exact[key]) for key in exact]
            ref.print_errors(f"{case.name} {exact['loss'].item():.6f}", pairs)
            group = file.create_group(case.name)
            group.attrs.update(count=case.count, dims=case.dims, clusters=case.clusters)
            ref.write_values(group, exact)


if __name__ == "__main__":
    main()
