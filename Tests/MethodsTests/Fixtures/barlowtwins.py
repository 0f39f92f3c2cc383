"""Writes barlowtwins.h5: Barlow Twins' loss and its gradients with respect to both views.

`biased` is lightly's BarlowTwinsLoss; `unbiased` standardises with the unbiased variance, with the
same epsilon. Prints how far PyTorch's own float32 lies from the float64 reference.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from lightly.loss import BarlowTwinsLoss
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref


@dataclass(frozen=True)
class Case:
    count: int
    dims: int
    weight: float
    sampled: bool = False

    @property
    def name(self) -> str:
        return f"n{self.count}d{self.dims}l{self.weight}"


CASES = [
    Case(2, 5, 0.0051),
    Case(16, 32, 0.0051),
    Case(64, 128, 0.005),
    Case(256, 300, 0.02, sampled=True),
]


def biased(u: Tensor, v: Tensor, weight: float) -> Tensor:
    return BarlowTwinsLoss(lambda_param=weight)(u, v)


def unbiased(u: Tensor, v: Tensor, weight: float) -> Tensor:
    first, second = (
        (x - x.mean(0)) / (x.var(0, unbiased=True) + 1e-5).sqrt() for x in (u, v)
    )
    error = (first.T @ second / len(u) - torch.eye(u.shape[1], dtype=u.dtype)) ** 2
    return weight * error.sum() + (1 - weight) * error.diagonal().sum()


LOSSES: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "biased": biased,
    "unbiased": unbiased,
}


def run(loss: str, case: Case, dtype: torch.dtype) -> dict[str, Tensor]:
    first = ref.noise_tensor(ref.seed(4000), case.count, case.dims).to(dtype).requires_grad_()
    other = ref.noise_tensor(ref.seed(4001), case.count, case.dims).to(dtype)
    # Views that agree in part, as a trained encoder's do.
    v = (0.5 * first.detach() + 0.5 * other).requires_grad_()
    value = LOSSES[loss](first, v, case.weight)
    value.backward()
    return {"loss": value.detach().reshape(1), "du": first.grad, "dv": v.grad}


def main() -> None:
    with ref.create_beside(__file__) as file:
        for case in CASES:
            group = file.create_group(case.name)
            group.attrs.update(count=case.count, dims=case.dims, weight=case.weight)
            for loss in LOSSES:
                exact, single = run(loss, case, torch.float64), run(loss, case, torch.float32)
                pairs = [(key, single[key], exact[key]) for key in exact]
                ref.print_errors(f"{case.name} {loss} {exact['loss'].item():.6f}", pairs)
                group.create_dataset(f"{loss}/loss", data=exact["loss"].numpy())
                for key in ("du", "dv"):
                    write = ref.write_sampled if case.sampled else ref.write
                    write(group, f"{loss}/{key}", exact[key])


if __name__ == "__main__":
    main()
