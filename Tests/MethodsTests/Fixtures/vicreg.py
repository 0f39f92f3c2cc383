"""Writes vicreg.h5: VICReg's loss (Bardes et al., arXiv 2105.04906) by lightly, with gradients.

Prints how far PyTorch's own float32 lies from the float64 reference.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from lightly.loss import VICRegLoss
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref


@dataclass(frozen=True)
class Case:
    count: int
    dims: int
    #: Columns are so many times noise: some vary by more than 1, whose variance is no loss.
    scale: float = 1.0
    weights: tuple[float, float, float] = (25.0, 25.0, 1.0)
    sampled: bool = False

    @property
    def name(self) -> str:
        return f"n{self.count}d{self.dims}s{self.scale}"


CASES = [
    Case(2, 5),
    Case(16, 32),
    Case(64, 128, scale=1.75),
    Case(16, 32, scale=0.5, weights=(3.0, 2.0, 0.5)),
    Case(256, 300, scale=2.0, sampled=True),
]


def run(case: Case, dtype: torch.dtype) -> dict[str, Tensor]:
    first = ref.noise_tensor(ref.seed(4000), case.count, case.dims).to(dtype)
    other = ref.noise_tensor(ref.seed(4001), case.count, case.dims).to(dtype)
    # Views that agree in part, as a trained encoder's do.
    u = (case.scale * first).requires_grad_()
    v = (case.scale * (0.5 * first + 0.5 * other)).requires_grad_()
    invariance, variance, covariance = case.weights
    value = VICRegLoss(lambda_param=invariance, mu_param=variance, nu_param=covariance)(u, v)
    value.backward()
    return {"loss": value.detach().reshape(1), "du": u.grad, "dv": v.grad}


def main() -> None:
    with ref.create_beside(__file__) as file:
        for case in CASES:
            exact, single = run(case, torch.float64), run(case, torch.float32)
            pairs = [(key, single[key], exact[key]) for key in exact]
            ref.print_errors(f"{case.name} {exact['loss'].item():.6f}", pairs)
            group = file.create_group(case.name)
            invariance, variance, covariance = case.weights
            group.attrs.update(
                count=case.count, dims=case.dims, scale=case.scale, invariance=invariance,
                variance=variance, covariance=covariance,
            )
            group.create_dataset("loss", data=exact["loss"].numpy())
            for key in ("du", "dv"):
                (ref.write_sampled if case.sampled else ref.write)(group, key, exact[key])


if __name__ == "__main__":
    main()
