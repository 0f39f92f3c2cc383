"""What the scripts that write reference fixtures share.

Weights and inputs are not stored: `noise` makes them, and `TestSupport` has the same
generator in Swift. References are computed in float64 from float32 weights and inputs,
so they are more exact than any float32 result compared with them.
"""

import math
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models import resnet18
from torchvision.models.resnet import BasicBlock

#: At most this many entries of a large tensor are stored.
SAMPLES = 200
#: The most that `settle_biases` moves a bias.
REACH = 0.2


def seed(number: int) -> int:
    """The seed of tensor `number`: streams of different numbers do not overlap."""
    return number << 32


def noise(seed: int, count: int) -> np.ndarray:
    """`count` float32 values in [-1, 1), multiples of 2^-23: splitmix64 of seed + index."""
    state = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(
        0x9E3779B97F4A7C15
    )
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(40)).astype(np.float32) / np.float32(1 << 23) - np.float32(1)


def noise_tensor(seed: int, *shape: int) -> Tensor:
    """`noise` in C order of `shape`."""
    return torch.from_numpy(noise(seed, math.prod(shape)).reshape(shape))


def build_resnet18(stem: str = "standard", hidden: int = 0, outputs: int = 128) -> nn.Module:
    """torchvision's ResNet-18 in train mode with a projection as `fc` and `noise` weights.

    `stem` "small" is a 3x3 convolution of stride 1 without pooling. `hidden` > 0 gives
    Linear-ReLU-Linear as projection.
    """
    model = resnet18()
    if stem == "small":
        model.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        model.maxpool = nn.Identity()
    model.fc = (
        nn.Sequential(nn.Linear(512, hidden), nn.ReLU(), nn.Linear(hidden, outputs))
        if hidden
        else nn.Linear(512, outputs)
    )
    fill_parameters(model)
    return model.train()


def fill_parameters(model: nn.Module) -> None:
    """Sets parameter number t, in the order of `named_parameters`, from `seed(t + 1)`."""
    modules = dict(model.named_modules())
    with torch.no_grad():
        for t, (name, parameter) in enumerate(model.named_parameters()):
            owner, _, kind = name.rpartition(".")
            values = noise_tensor(seed(t + 1), *parameter.shape)
            parameter.copy_(scaled(values, modules[owner], kind))


def scaled(values: Tensor, module: nn.Module, kind: str) -> Tensor:
    """Brings noise to a usual initial size; the factor is rounded to float32 once."""
    if isinstance(module, nn.Conv2d):
        fan_out = module.out_channels * math.prod(module.kernel_size)
        return values * float32(math.sqrt(3) * math.sqrt(2 / fan_out))
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.LayerNorm):
        small = values * float32(0.1)
        return 1 + small if kind == "weight" else small
    if isinstance(module, nn.Linear):
        return values * float32(1 / math.sqrt(module.in_features))
    if kind in ("pos_embed", "cls_token"):
        return values * float32(0.1)
    raise TypeError(f"no rule for the {kind} of {type(module).__name__}")


def settle_biases(model: nn.Module, views: list[Tensor]) -> dict[str, Tensor]:
    """Shifts biases so that no ReLU of the forward pass gets a value close to zero.

    Where a value lies within rounding error of zero, its gradient is a matter of luck: one
    such value of three million moves whole gradients by 1 %. Each channel's bias moves by at
    most `REACH`, to where zero is in the middle of the widest gap between the values of all
    views. Returns the new biases, float32 in value.
    """
    settled: dict[str, Tensor] = {}
    hooks = [
        norm.register_forward_hook(partial(normalise_each, len(views)))
        for norm in model.modules()
        if isinstance(norm, nn.BatchNorm2d)
    ]
    for relu, names in biases_before_relus(model):
        pending = [(name, model.get_parameter(name)) for name in names]
        hooks.append(relu.register_forward_pre_hook(partial(settle_next, pending, settled)))
    with torch.no_grad():
        model(torch.cat(views))
    for hook in hooks:
        hook.remove()
    return settled


def biases_before_relus(model: nn.Module) -> Iterator[tuple[nn.Module, list[str]]]:
    """Each ReLU module, with the biases that it meets in the order of its calls."""
    yield model.get_submodule("relu"), ["bn1.bias"]
    for name, module in model.named_modules():
        if isinstance(module, BasicBlock):
            yield module.relu, [f"{name}.bn1.bias", f"{name}.bn2.bias"]
    if isinstance(model.fc, nn.Sequential):
        yield model.fc[1], ["fc.0.bias"]


def normalise_each(views: int, norm: nn.BatchNorm2d, inputs: tuple[Tensor], _: Tensor) -> Tensor:
    """Batch normalisation with statistics of each view's own."""
    parts = inputs[0].chunk(views)
    return torch.cat([
        nn.functional.batch_norm(part, None, None, norm.weight, norm.bias, True, eps=norm.eps)
        for part in parts
    ])


def settle_next(
    pending: list[tuple[str, nn.Parameter]],
    settled: dict[str, Tensor],
    _: nn.Module,
    inputs: tuple[Tensor],
) -> Tensor:
    """Moves the bias before this call of a ReLU, and what the ReLU gets along with it."""
    name, bias = pending.pop(0)
    values = inputs[0].transpose(0, 1).flatten(1)
    shifts = torch.tensor([shift_into_gap(channel) for channel in values.double().numpy()])
    moved = (bias.double() + shifts).float()
    settled[name] = moved
    change = (moved.double() - bias.double()).to(inputs[0])
    return inputs[0] + change.view(1, -1, *[1] * (inputs[0].dim() - 2))


def shift_into_gap(values: np.ndarray) -> float:
    """The shift of at most `REACH` that brings the widest gap's middle to zero."""
    near = np.sort(values[np.abs(values) < REACH])
    edges = np.concatenate([[-REACH], near, [REACH]])
    widest = int(np.argmax(np.diff(edges)))
    return float(-(edges[widest] + edges[widest + 1]) / 2)


def float32(value: float) -> float:
    """The nearest float32."""
    return float(np.float32(value))


def features_and_projection(model: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """One forward pass: what goes into `fc`, and what comes out of it."""
    seen: list[Tensor] = []
    hook = model.get_submodule("fc").register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    projection = model(images)
    hook.remove()
    return seen[0], projection


def running_statistics(model: nn.Module) -> dict[str, Tensor]:
    """Running means and variances by torchvision's names."""
    return {
        name: buffer.detach().clone()
        for name, buffer in model.named_buffers()
        if name.endswith(("running_mean", "running_var"))
    }


def sample_stride(count: int) -> int:
    """The smallest stride that leaves at most `SAMPLES` entries and has no factor of `count`.

    A stride that shares a factor with the shape would see few kernel positions and channels
    only: 512 x 512 x 3 x 3 in steps of 2304 meets one kernel position in nine.
    """
    stride = -(-count // SAMPLES)
    while math.gcd(stride, count) > 1 and stride > 1:
        stride += 1
    return stride


def write_sampled(group: h5py.Group, name: str, tensor: Tensor) -> None:
    """Entries 0, stride, 2 stride, ... of the flattened tensor, and the norm of all of it."""
    flat = tensor.detach().double().flatten()
    stride = sample_stride(len(flat))
    data = write(group, name, flat[::stride])
    data.attrs["stride"] = np.int64(stride)
    data.attrs["norm"] = np.float64(flat.norm().item())


def write(group: h5py.Group, name: str, tensor: Tensor) -> h5py.Dataset:
    """The whole tensor: float32, or int32 for integers; little endian."""
    values = tensor.detach().numpy()
    kind = "<i4" if np.issubdtype(values.dtype, np.integer) else "<f4"
    return group.create_dataset(name, data=values.astype(kind))


def write_values(group: h5py.Group, values: dict[str, Tensor]) -> None:
    """`loss` whole, all else sampled."""
    group.create_dataset("loss", data=values["loss"].numpy())
    for key, value in values.items():
        if key != "loss":
            write_sampled(group, key, value)


def create_beside(script: str) -> h5py.File:
    """The fixture of a script: same folder, same stem, readable by HDF5 1.10."""
    return h5py.File(Path(script).with_suffix(".h5"), "w", libver=("v110", "v110"))


def relative_error(value: Tensor, reference: Tensor) -> float:
    """Norm of the difference over the norm of the reference."""
    difference = value.detach().double() - reference.detach().double()
    return float(difference.norm() / reference.detach().double().norm())


def print_errors(title: str, pairs: Iterable[tuple[str, Tensor, Tensor]]) -> None:
    """Largest and median relative error of (name, float32, float64) tensors."""
    errors = sorted((relative_error(value, exact), name) for name, value, exact in pairs)
    worst, name = errors[-1]
    middle = errors[len(errors) // 2][0]
    print(f"  {title:<22} max {worst:.1e} ({name}), median {middle:.1e}, n {len(errors)}")
