"""A network of seven entries, small enough to be looked at: `FiveClients` in Swift has the same,
where fc is called predictor.

Optimizers and federated algorithms are held against references on it. Its values are vectors of
all entries in this order, each in PyTorch's order.
"""

from collections.abc import Callable
from math import prod

import numpy as np
import torch
from torch import Tensor, nn

import reference as ref

SHAPES: dict[str, tuple[int, ...]] = {
    "conv1.weight": (6, 3, 3, 3),
    "bn1.weight": (6,),
    "bn1.bias": (6,),
    "bn1.running_mean": (6,),
    "bn1.running_var": (6,),
    "fc.weight": (4, 6),
    "fc.bias": (4,),
}


def noise(number: int, name: str) -> np.ndarray:
    """An entry's `noise`, float64: its seed is `number` and its place in the network."""
    place = list(SHAPES).index(name)
    return ref.noise(ref.seed(number + place), prod(SHAPES[name])).astype(np.float64)


def noise_vector(number: int) -> np.ndarray:
    return np.concatenate([noise(number, name) for name in SHAPES])


def is_statistic(name: str) -> bool:
    """Whether an entry is a running statistic, which no optimizer changes."""
    return "running" in name


def mask(*prefixes: str) -> np.ndarray:
    """True where a vector of all entries holds one whose name begins with a prefix."""
    return np.concatenate([
        np.full(prod(shape), name.startswith(prefixes)) for name, shape in SHAPES.items()
    ])


TRAINABLE = ~mask("bn1.running")
BATCHNORM = mask("bn1.")


def global_model() -> np.ndarray:
    """The model that federations begin with; one of its parameters is zero."""
    model = noise_vector(1)
    model[mask("bn1.bias")] = 0
    return model


def parameters(values: np.ndarray, dtype: torch.dtype) -> dict[str, nn.Parameter]:
    """The trainable entries of a vector as PyTorch's parameters."""
    return {
        name: nn.Parameter(torch.from_numpy(values[mask(name)]).to(dtype).reshape(shape))
        for name, shape in SHAPES.items()
        if not is_statistic(name)
    }


def by_dimensions(
    entries: dict[str, nn.Parameter],
) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Those of two and more dimensions, then those of one."""
    values = entries.values()
    return [p for p in values if p.dim() > 1], [p for p in values if p.dim() == 1]


def take_steps(
    optimizer: torch.optim.Optimizer,
    entries: dict[str, nn.Parameter],
    gradient: Callable[[int, str], np.ndarray],
    steps: int,
) -> Tensor:
    """The entries after each step, [steps, values]; a gradient is a function of step and name."""
    results = []
    for step in range(steps):
        for name, entry in entries.items():
            entry.grad = torch.from_numpy(gradient(step, name)).to(entry.dtype).reshape(entry.shape)
        optimizer.step()
        results.append(torch.cat([entry.detach().flatten() for entry in entries.values()]))
    return torch.stack(results)
