"""What BYOL's and SimSiam's fixtures have in common: a predictor of two views' projections.

The predictor is Linear-BatchNorm-ReLU-Linear and sees one view after the other, each with its own
statistics. Stored are loss, gradients of both views' projections (`du`, `dv`) and of the predictor,
and its running statistics after both views. Its parameters are `reference.fill_parameters`'.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

#: Less than this a ReLU's input must not be away from zero: rounding would carry some over it.
MARGIN = 1e-5


@dataclass(frozen=True)
class Case:
    count: int
    dims: int
    hidden: int

    @property
    def name(self) -> str:
        return f"n{self.count}d{self.dims}h{self.hidden}"


CASES = [Case(2, 4, 6), Case(8, 16, 32), Case(64, 128, 256)]


class Head(nn.Module):
    """The predictor, under the names that a whole model has for it."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.predictor = nn.Sequential(
            nn.Linear(case.dims, case.hidden),
            nn.BatchNorm1d(case.hidden),
            nn.ReLU(),
            nn.Linear(case.hidden, case.dims),
        )
        ref.fill_parameters(self)


def inputs(case: Case, dtype: torch.dtype) -> list[Tensor]:
    """Projections of both views, then a target network's."""
    return [
        ref.noise_tensor(ref.seed(number), case.count, case.dims).to(dtype)
        for number in (4000, 4001, 4002, 4003)
    ]


#: From predictions, projections and a target's projections, of two views each, to a loss.
Loss = Callable[[list[Tensor], list[Tensor], list[Tensor]], Tensor]


def run(case: Case, loss: Loss, dtype: torch.dtype) -> tuple[dict[str, Tensor], Head]:
    head = Head(case).to(dtype).train()
    nearest: list[float] = []
    head.predictor[2].register_forward_pre_hook(
        lambda _, values: nearest.append(values[0].abs().min().item())
    )
    u, v, *targets = inputs(case, dtype)
    u.requires_grad_()
    v.requires_grad_()
    value = loss([head.predictor(u), head.predictor(v)], [u, v], targets)
    value.backward()
    assert min(nearest) > MARGIN, f"{case.name}: a ReLU's input is {min(nearest):.1e}"
    return {"loss": value.detach().reshape(1), "du": u.grad, "dv": v.grad}, head


def write(group: h5py.Group, values: dict[str, Tensor], head: Head) -> None:
    group.create_dataset("loss", data=values["loss"].numpy())
    for key in ("du", "dv"):
        ref.write_sampled(group, key, values[key])
    for name, parameter in head.named_parameters():
        ref.write_sampled(group, f"gradients/{name}", parameter.grad)
    for name, statistic in ref.running_statistics(head).items():
        ref.write(group, f"statistics/{name}", statistic)


def write_cases(script: str, loss: Loss) -> None:
    """Writes the fixture beside a script."""
    with ref.create_beside(script) as file:
        for case in CASES:
            (exact, head), (single, rough) = (
                run(case, loss, dtype) for dtype in (torch.float64, torch.float32)
            )
            pairs = [(key, single[key], exact[key]) for key in exact]
            # The first bias stands before BatchNorm: its gradient is rounding alone.
            pairs += [
                (name, rough.get_parameter(name).grad, parameter.grad)
                for name, parameter in head.named_parameters()
                if name != "predictor.0.bias"
            ]
            ref.print_errors(f"{case.name} {exact['loss'].item():.6f}", pairs)
            group = file.create_group(case.name)
            group.attrs.update(count=case.count, dims=case.dims, hidden=case.hidden)
            write(group, exact, head)

