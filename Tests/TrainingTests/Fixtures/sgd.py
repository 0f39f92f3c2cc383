"""Writes sgd.h5: three whole SimCLR steps of ResNet-18, and SGD alone on a plain vector.

Before a step, some biases are set to stored values, which keep it away from the kinks of
ReLU: otherwise the few values that rounding carries over zero change the next steps by 1 %.
A step takes two views, one after the other in train mode, then NT-Xent, backward and SGD.
Weights, views and gradients of the plain vector come from `reference.noise`. Prints how far
PyTorch's own float32 lies from the float64 reference.
"""

import copy
import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
import torch
from lightly.loss import NTXentLoss
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

STEPS, BATCH, INPUT = 3, 8, 64
TEMPERATURE = 0.5
RATE, MOMENTUM, DECAY = 0.03, 0.9, 1e-4


@dataclass
class Result:
    biases: list[dict[str, Tensor]]
    """What some biases are set to before each step."""
    losses: Tensor
    final: dict[str, Tensor]
    changes: dict[str, Tensor]
    statistics: dict[str, Tensor]


def view(step: int, number: int) -> Tensor:
    return ref.noise_tensor(ref.seed(3000 + 10 * step + number), BATCH, 3, INPUT, INPUT)


def settled_biases(model: nn.Module, step: int) -> dict[str, Tensor]:
    """Biases that keep a step away from the kinks of ReLU; the model stays as it is."""
    views = [view(step, number).double() for number in range(2)]
    return ref.settle_biases(copy.deepcopy(model), views)


def run(dtype: torch.dtype, biases: list[dict[str, Tensor]] | None = None) -> Result:
    """All steps. Without `biases` they are made to suit the steps."""
    model = ref.build_resnet18().to(dtype)
    initial = {name: p.detach().clone() for name, p in model.named_parameters()}
    criterion = NTXentLoss(temperature=TEMPERATURE)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=RATE, momentum=MOMENTUM, weight_decay=DECAY
    )
    losses, used = [], []
    for step in range(STEPS):
        used.append(biases[step] if biases else settled_biases(model, step))
        model.load_state_dict(used[step], strict=False)
        optimizer.zero_grad()
        loss = criterion(*(model(view(step, number).to(dtype)) for number in range(2)))
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    final = {name: p.detach() for name, p in model.named_parameters()}
    return Result(
        biases=used,
        losses=torch.stack(losses),
        final=final,
        changes={name: final[name] - initial[name] for name in final},
        statistics=ref.running_statistics(model),
    )


def write_network(group: h5py.Group, result: Result) -> None:
    group.attrs.update(
        steps=STEPS, batch=BATCH, input=INPUT, temperature=TEMPERATURE,
        rate=RATE, momentum=MOMENTUM, decay=DECAY,
    )
    ref.write(group, "losses", result.losses)
    for step, biases in enumerate(result.biases):
        for name, values in biases.items():
            ref.write(group, f"parameters/{step}/{name}", values)
    for name, values in result.statistics.items():
        ref.write(group, f"statistics/{name}", values)
    for name in result.final:
        ref.write_sampled(group, f"final/{name}", result.final[name])
        ref.write_sampled(group, f"changes/{name}", result.changes[name])


def write_vector(group: h5py.Group) -> None:
    """SGD on 257 numbers with given gradients; a decay large enough to be seen."""
    steps, size, decay = 5, 257, 0.1
    weights = ref.noise_tensor(ref.seed(6000), size).double().requires_grad_()
    optimizer = torch.optim.SGD([weights], lr=RATE, momentum=MOMENTUM, weight_decay=decay)
    for step in range(steps):
        weights.grad = ref.noise_tensor(ref.seed(6001 + step), size).double()
        optimizer.step()
    group.attrs.update(steps=steps, size=size, rate=RATE, momentum=MOMENTUM, decay=decay)
    ref.write(group, "weights", weights)


def compare(single: Result, exact: Result) -> None:
    print("network: float32 against float64")
    for step in range(STEPS):
        pair = (f"step {step + 1}", single.losses[step], exact.losses[step])
        ref.print_errors(f"loss {exact.losses[step]:.6f}", [pair])
    for key in ("final", "changes", "statistics"):
        values, references = getattr(single, key), getattr(exact, key)
        ref.print_errors(key, [(name, values[name], references[name]) for name in references])


def main() -> None:
    exact = run(torch.float64)
    compare(run(torch.float32, exact.biases), exact)
    with ref.create_beside(__file__) as file:
        write_network(file.create_group("network"), exact)
        write_vector(file.create_group("vector"))


if __name__ == "__main__":
    main()
