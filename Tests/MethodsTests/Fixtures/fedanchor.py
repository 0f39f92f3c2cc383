"""Writes fedanchor.h5: FedAnchor's two losses of a batch (Qiu et al., 2024), in PyTorch.

`client` has the cross-entropy of the second views by a linear classifier, of the classes to whose
anchors' mean directions the global model's projections of the first views are nearest. `server` has
that of all views by their labels, plus twice the supervised contrastive loss of their projections
(Khosla et al., NeurIPS 2020) at temperature 0.1. `sure` is `client` with a threshold that leaves some
samples out. Stored are losses and gradients, and the clients' labels, -1 where there is none.
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
CONTRAST = 2


@dataclass(frozen=True)
class Case:
    count: int
    dims: int
    classes: int
    #: Of mean cosines, for `sure`.
    threshold: float

    @property
    def name(self) -> str:
        return f"n{self.count}d{self.dims}c{self.classes}"


CASES = [Case(3, 4, 2, 0.3), Case(8, 16, 5, 0.75), Case(64, 96, 10, 0.7)]


class Head(nn.Module):
    """The classifier, under the name that a whole model has for it."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.fedanchor = nn.ModuleDict({"classifier": nn.Linear(case.dims, case.classes)})
        ref.fill_parameters(self)


def views(number: int, case: Case, dtype: torch.dtype) -> list[Tensor]:
    return [
        ref.noise_tensor(ref.seed(number + view), case.count, case.dims).to(dtype)
        for view in range(2)
    ]


def supervised_contrast(projection: Tensor, labels: Tensor) -> Tensor:
    z = functional.normalize(projection, dim=1)
    itself = torch.eye(len(z), dtype=torch.bool)
    logs = (z @ z.T / TEMPERATURE).masked_fill(itself, -torch.inf).log_softmax(1)
    own = (labels[:, None] == labels[None, :]) & ~itself
    return -(logs.masked_fill(~own, 0).sum(1) / own.sum(1)).mean()


def run(case: Case, kind: str, dtype: torch.dtype) -> dict[str, Tensor]:
    projection, features = views(4000, case, dtype), views(4050, case, dtype)
    for view in projection + features:
        view.requires_grad_()
    head = Head(case).to(dtype)
    classifier = head.fedanchor["classifier"]
    values = {}
    if kind == "server":
        labels = (torch.arange(case.count) * 3 % case.classes).repeat(2)
        loss = functional.cross_entropy(classifier(torch.cat(features)), labels)
        loss = loss + CONTRAST * supervised_contrast(torch.cat(projection), labels)
    else:
        anchors = ref.noise_tensor(ref.seed(4200), case.classes, case.dims).to(dtype)
        cosines = functional.normalize(views(4100, case, dtype)[0], dim=1) @ anchors.T
        nearest = cosines.max(1)
        labels = nearest.indices
        if kind == "sure":
            labels = torch.where(nearest.values < case.threshold, -1, labels)
        entropy = functional.cross_entropy(
            classifier(features[1]), labels, ignore_index=-1, reduction="sum"
        )
        loss = entropy / case.count
        values["labels"] = labels
    loss.backward()
    for key, rows in (("projection", projection), ("features", features)):
        values[key] = torch.cat([
            torch.zeros_like(view) if view.grad is None else view.grad for view in rows
        ])
    for name, parameter in head.named_parameters():
        values[f"gradients/{name}"] = parameter.grad
    return {"loss": loss.detach().reshape(1)} | values


def main() -> None:
    with ref.create_beside(__file__) as file:
        for case in CASES:
            group = file.create_group(case.name)
            group.attrs.update(
                count=case.count, dims=case.dims, classes=case.classes, threshold=case.threshold
            )
            for kind in ("client", "sure", "server"):
                exact, single = (run(case, kind, d) for d in (torch.float64, torch.float32))
                if "labels" in exact:
                    assert (exact["labels"] == single["labels"]).all()
                    found = (exact["labels"] >= 0).sum().item()
                    assert found == case.count if kind == "client" else 0 < found < case.count
                pairs = [
                    (key, single[key], exact[key]) for key in exact
                    if key != "labels" and exact[key].norm() > 0
                ]
                ref.print_errors(f"{case.name} {kind} {exact['loss'].item():.6f}", pairs)
                labels = exact.pop("labels", None)
                ref.write_values(group.create_group(kind), exact)
                if labels is not None:
                    ref.write(group[kind], "labels", labels)


if __name__ == "__main__":
    main()
