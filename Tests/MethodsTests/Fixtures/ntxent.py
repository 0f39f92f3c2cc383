"""Writes ntxent.h5: NT-Xent and its gradients with respect to both views.

`simclr` is lightly's NTXentLoss. `first` takes the first views alone as anchors, and its
denominator holds all 2N vectors including the anchor itself. Prints how far PyTorch's own
float32 lies from the float64 reference.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from lightly.loss import NTXentLoss
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref


@dataclass(frozen=True)
class Case:
    count: int
    dims: int
    temperature: float
    sampled: bool = False

    @property
    def name(self) -> str:
        return f"n{self.count}d{self.dims}t{self.temperature}"


CASES = [
    Case(8, 16, 0.5),
    Case(32, 128, 0.5),
    Case(32, 128, 0.1),
    Case(2, 4, 0.5),
    Case(256, 128, 0.5, sampled=True),
]


def simclr(u: Tensor, v: Tensor, temperature: float) -> Tensor:
    return NTXentLoss(temperature=temperature)(u, v)


def first(u: Tensor, v: Tensor, temperature: float) -> Tensor:
    anchors = normalize(u, dim=1)
    everything = torch.cat([anchors, normalize(v, dim=1)])
    positives = torch.arange(len(u)) + len(u)
    return cross_entropy(anchors @ everything.T / temperature, positives)


LOSSES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "simclr": simclr,
    "first": first,
}


def run(loss: str, case: Case, dtype: torch.dtype) -> dict[str, Tensor]:
    u, v = (
        ref.noise_tensor(ref.seed(number), case.count, case.dims).to(dtype).requires_grad_()
        for number in (4000, 4001)
    )
    value = LOSSES[loss](u, v, case.temperature)
    value.backward()
    return {"loss": value.detach().reshape(1), "du": u.grad, "dv": v.grad}


def main() -> None:
    with ref.create_beside(__file__) as file:
        for case in CASES:
            group = file.create_group(case.name)
            group.attrs.update(
                count=case.count, dims=case.dims, temperature=case.temperature
            )
            for loss in LOSSES:
                exact, single = run(loss, case, torch.float64), run(loss, case, torch.float32)
                pairs = [(key, single[key], exact[key]) for key in exact]
                ref.print_errors(f"{case.name} {loss} {exact['loss'].item():.6f}", pairs)
                ref.write(group, f"{loss}/loss", exact["loss"])
                for key in ("du", "dv"):
                    write = ref.write_sampled if case.sampled else ref.write
                    write(group, f"{loss}/{key}", exact[key])


if __name__ == "__main__":
    main()
