"""What the fixtures of terms have in common: NT-Xent (lightly's) of two views, and a term added.

Rows are ordered by view; those of other samples, where a term has some, come last. Stored are the
loss and its gradients by projections (`projection`), features (`features`) and the term's own
parameters, which are `reference.fill_parameters`'.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from lightly.loss import NTXentLoss
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref


@dataclass(frozen=True)
class Case:
    count: int
    dims: int
    hidden: int

    @property
    def name(self) -> str:
        return f"n{self.count}d{self.dims}"


CASES = [Case(3, 4, 6), Case(8, 16, 32), Case(64, 96, 64)]


@dataclass
class Batch:
    """Views of `count` samples each, by view."""

    projection: list[Tensor]
    features: list[Tensor]
    #: The global model's projections, and those of the client's last one.
    global_: list[Tensor]
    previous: list[Tensor]


def batch(case: Case, views: int, dtype: torch.dtype) -> Batch:
    def rows(number: int) -> list[Tensor]:
        return [
            ref.noise_tensor(ref.seed(number + view), case.count, case.dims).to(dtype)
            for view in range(views)
        ]

    own, features = rows(4000), rows(4050)
    for view in own + features:
        view.requires_grad_()
    return Batch(own, features, rows(4100), rows(4150))


#: From a batch, and the term's own network, to its loss.
Term = Callable[[Batch, nn.Module], Tensor]


def run(
    case: Case, term: Term, make: Callable[[Case], nn.Module], dtype: torch.dtype,
    views: int, temperature: float,
) -> dict[str, Tensor]:
    rows, head = batch(case, views, dtype), make(case)
    ref.fill_parameters(head)
    head = head.to(dtype)
    loss = NTXentLoss(temperature)(rows.projection[0], rows.projection[1]) + term(rows, head)
    loss.backward()
    values = {"loss": loss.detach().reshape(1)}
    values["projection"] = torch.cat([view.grad for view in rows.projection])
    if rows.features[0].grad is not None:
        values["features"] = torch.cat([view.grad for view in rows.features])
    for name, parameter in head.named_parameters():
        values[f"gradients/{name}"] = parameter.grad
    return values


def write_cases(
    script: str, term: Term, make: Callable[[Case], nn.Module] = lambda _: nn.Sequential(),
    views: int = 2, temperature: float = 0.5,
) -> None:
    """Writes the fixture beside a script."""
    with ref.create_beside(script) as file:
        for case in CASES:
            exact, single = (
                run(case, term, make, dtype, views, temperature)
                for dtype in (torch.float64, torch.float32)
            )
            pairs = [(key, single[key], exact[key]) for key in exact]
            ref.print_errors(f"{case.name} {exact['loss'].item():.6f}", pairs)
            group = file.create_group(case.name)
            group.attrs.update(count=case.count, dims=case.dims, hidden=case.hidden)
            ref.write_values(group, exact)
