"""Writes resnet18.h5: forward pass and gradients of torchvision's ResNet-18.

Each case is a group. The loss is sum(projection * R), over one view or two, which go through
the network one after the other. Weights, inputs and R come from `reference.noise`. Prints how
far PyTorch's own float32 lies from the float64 reference.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref


@dataclass(frozen=True)
class Case:
    name: str
    batch: int
    input: int
    stem: str = "standard"
    hidden: int = 0
    dims: int = 128
    views: int = 1


CASES = [
    Case("standard128", batch=4, input=128),
    Case("odd100", batch=3, input=100),
    Case("odd75", batch=3, input=75),
    Case("small32", batch=4, input=32, stem="small"),
    Case("hidden", batch=4, input=64, hidden=512),
    Case("twoviews", batch=4, input=64, views=2),
]


@dataclass
class Result:
    """Views are concatenated along the batch."""

    features: Tensor
    projection: Tensor
    features_eval: Tensor
    gradient_input: Tensor
    gradients: dict[str, Tensor]
    statistics: dict[str, Tensor]
    active: Tensor
    """Which outputs of all ReLUs are above zero."""


def inputs(case: Case) -> list[Tensor]:
    shape = (case.batch, 3, case.input, case.input)
    return [ref.noise_tensor(ref.seed(1000 + v), *shape) for v in range(case.views)]


def settled_biases(case: Case) -> dict[str, Tensor]:
    model = ref.build_resnet18(case.stem, case.hidden, case.dims).double()
    return ref.settle_biases(model, [view.double() for view in inputs(case)])


def run(case: Case, biases: dict[str, Tensor], dtype: torch.dtype) -> Result:
    model = ref.build_resnet18(case.stem, case.hidden, case.dims)
    model.load_state_dict(biases, strict=False)
    model.to(dtype)
    views = [view.to(dtype) for view in inputs(case)]
    weights = [
        ref.noise_tensor(ref.seed(2000 + v), case.batch, case.dims).to(dtype)
        for v in range(case.views)
    ]
    masks = watch_relus(model)
    passes = [ref.features_and_projection(model, view.requires_grad_()) for view in views]
    projections = [projection for _, projection in passes]
    (torch.cat(projections) * torch.cat(weights)).sum().backward()
    active = torch.cat(masks)
    statistics = ref.running_statistics(model)
    with torch.no_grad():
        features_eval, _ = ref.features_and_projection(model.eval(), torch.cat(views))
    return Result(
        features=torch.cat([features for features, _ in passes]).detach(),
        projection=torch.cat(projections).detach(),
        features_eval=features_eval,
        gradient_input=torch.cat([view.grad for view in views]),
        gradients={name: p.grad for name, p in model.named_parameters()},
        statistics=statistics,
        active=active,
    )


def watch_relus(model: nn.Module) -> list[Tensor]:
    masks: list[Tensor] = []
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(lambda _, __, out: masks.append((out > 0).flatten()))
    return masks


def write(group: h5py.Group, case: Case, biases: dict[str, Tensor], result: Result) -> None:
    for key in ("input", "batch", "stem", "hidden", "dims", "views"):
        group.attrs[key] = getattr(case, key)
    for key in ("features", "projection", "features_eval"):
        ref.write(group, key, getattr(result, key))
    ref.write_sampled(group, "gradient_input", result.gradient_input)
    gradients = group.create_group("gradients")
    for name, gradient in result.gradients.items():
        ref.write_sampled(gradients, name, gradient)
    parameters = group.create_group("parameters")
    for name, values in biases.items():
        ref.write(parameters, name, values)
    statistics = group.create_group("statistics")
    for name, values in result.statistics.items():
        ref.write(statistics, name, values)


def compare(case: Case, single: Result, exact: Result) -> None:
    print(f"{case.name}: float32 against float64")
    for key in ("features", "projection", "features_eval", "gradient_input"):
        ref.print_errors(key, [(key, getattr(single, key), getattr(exact, key))])
    for key in ("gradients", "statistics"):
        values, references = getattr(single, key), getattr(exact, key)
        ref.print_errors(key, [(name, values[name], references[name]) for name in references])
    flips = int((single.active != exact.active).sum())
    print(f"  ReLU outputs on the other side of zero: {flips} of {exact.active.numel()}")


def main() -> None:
    with ref.create_beside(__file__) as file:
        for case in CASES:
            biases = settled_biases(case)
            exact = run(case, biases, torch.float64)
            compare(case, run(case, biases, torch.float32), exact)
            write(file.create_group(case.name), case, biases, exact)


if __name__ == "__main__":
    main()
