"""Writes vit.h5: forward pass and gradients of timm's VisionTransformer.

Each case is a group. The loss is sum(projection * R). Weights, inputs and R come from
`reference.noise`. Prints how far PyTorch's own float32 lies from the float64 reference.
"""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref


@dataclass(frozen=True)
class Case:
    name: str
    batch: int
    input: int = 128
    channels: int = 3
    patch: int = 16
    width: int = 256
    depth: int = 18
    heads: int = 8
    mlp: int = 1024
    class_token: bool = False
    hidden: int = 256
    hidden_layers: int = 1
    hidden_norm: bool = False
    projection: int = 128
    projection_norm: bool = False


CASES = [
    Case("paper", batch=3),
    Case("classtoken", batch=3, input=64, patch=8, width=64, depth=2, heads=4, mlp=128, class_token=True),
    Case("odd", batch=10, input=48, channels=1, width=96, depth=3, heads=3, mlp=160, hidden=0, projection=37),
    Case("projector", batch=6, input=32, width=64, depth=1, heads=2, mlp=64, hidden=96, hidden_layers=2, hidden_norm=True),
    Case("normed", batch=6, input=32, width=64, depth=1, heads=2, mlp=64, hidden=64, hidden_norm=True, projection=96, projection_norm=True),
    Case("normedalone", batch=5, input=32, width=64, depth=1, heads=2, mlp=64, hidden=0, projection=32, projection_norm=True),
]


@dataclass
class Result:
    features: Tensor
    projection: Tensor
    gradients: dict[str, Tensor]


def head(case: Case) -> nn.Module:
    if not case.hidden and not case.projection_norm:
        return nn.Linear(case.width, case.projection)
    layers: list[nn.Module] = []
    width = case.width
    for _ in range(case.hidden_layers if case.hidden else 0):
        layers.append(nn.Linear(width, case.hidden))
        if case.hidden_norm:
            layers.append(nn.BatchNorm1d(case.hidden))
        layers.append(nn.ReLU())
        width = case.hidden
    layers.append(nn.Linear(width, case.projection))
    if case.projection_norm:
        layers.append(nn.BatchNorm1d(case.projection, affine=False))
    return nn.Sequential(*layers)


def build(case: Case) -> nn.Module:
    model = VisionTransformer(
        img_size=case.input,
        patch_size=case.patch,
        in_chans=case.channels,
        num_classes=0,
        global_pool="token" if case.class_token else "avg",
        embed_dim=case.width,
        depth=case.depth,
        num_heads=case.heads,
        mlp_ratio=case.mlp / case.width,
        class_token=case.class_token,
        fc_norm=False,
    )
    model.head = head(case)
    ref.fill_parameters(model)
    return model


def run(case: Case, dtype: torch.dtype) -> Result:
    model = build(case).to(dtype)
    images = ref.noise_tensor(
        ref.seed(1000), case.batch, case.channels, case.input, case.input
    ).to(dtype)
    weights = ref.noise_tensor(ref.seed(2000), case.batch, case.projection).to(dtype)
    features = model.forward_head(model.forward_features(images), pre_logits=True)
    projection = model.head(features)
    (projection * weights).sum().backward()
    return Result(
        features=features.detach(),
        projection=projection.detach(),
        gradients={name: p.grad for name, p in model.named_parameters()},
    )


def main() -> None:
    with ref.create_beside(__file__) as file:
        for case in CASES:
            exact, single = run(case, torch.float64), run(case, torch.float32)
            print(f"{case.name}: float32 against float64")
            for key in ("features", "projection"):
                ref.print_errors(key, [(key, getattr(single, key), getattr(exact, key))])
            ref.print_errors(
                "gradients",
                [(name, single.gradients[name], exact.gradients[name]) for name in exact.gradients],
            )
            group = file.create_group(case.name)
            for key, value in asdict(case).items():
                if key != "name":
                    group.attrs[key] = int(value)
            ref.write(group, "features", exact.features)
            ref.write(group, "projection", exact.projection)
            gradients = group.create_group("gradients")
            for name, gradient in exact.gradients.items():
                ref.write_sampled(gradients, name, gradient)


if __name__ == "__main__":
    main()
