"""Writes finetune.h5: steps of fine-tuning a ResNet-18 and a transformer.

The ResNet-18 has batches in one piece or in four, and a low rate: at the usual one, values near
the kinks of its ReLUs part float32 from float64 within ten steps. The transformer has no kinks, and
the usual rate. A piece goes through the network by itself in train mode, from the running statistics that the
batch began with; the pieces' gradients are summed, their running statistics averaged. Weights and
images come from `reference.noise`; results are float64. Prints how far PyTorch's own float32 lies
from them.
"""

import sys
from pathlib import Path

import h5py
import torch
from timm.models.vision_transformer import VisionTransformer
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

BATCH, INPUT, CLASSES = 8, 32, 5
RATES, MOMENTUM = {"resnet18": 0.0003, "vit": 0.03}, 0.9

#: Network, pieces of a batch, steps.
CASES = [("resnet18", 1, 20), ("resnet18", 4, 5), ("vit", 1, 20)]


def images(step: int) -> Tensor:
    return ref.noise_tensor(ref.seed(8000 + step), BATCH, 3, INPUT, INPUT)


def build(name: str) -> nn.Module:
    if name == "resnet18":
        return ref.build_resnet18(stem="small", outputs=CLASSES)
    model = VisionTransformer(
        img_size=INPUT, patch_size=8, num_classes=CLASSES, global_pool="avg", embed_dim=64,
        depth=2, num_heads=2, mlp_ratio=2, class_token=False, fc_norm=False,
    )
    ref.fill_parameters(model)
    return model


def run(
    name: str, dtype: torch.dtype, pieces: int, steps: int
) -> tuple[Tensor, dict[str, Tensor]]:
    model = build(name).to(dtype)
    optimizer = torch.optim.SGD(
        model.parameters(), lr=RATES[name], momentum=MOMENTUM, nesterov=True
    )
    labels = torch.arange(BATCH) * 3 % CLASSES
    losses = []
    for step in range(steps):
        optimizer.zero_grad()
        before = ref.running_statistics(model)
        after = {name: torch.zeros_like(values) for name, values in before.items()}
        total = torch.zeros((), dtype=dtype)
        for part in torch.arange(BATCH).chunk(pieces):
            model.load_state_dict(before, strict=False)
            logits = model(images(step)[part].to(dtype))
            loss = cross_entropy(logits, labels[part], reduction="sum") / BATCH
            loss.backward()
            total += loss.detach()
            for name, values in ref.running_statistics(model).items():
                after[name] += values * (len(part) / BATCH)
        model.load_state_dict(after, strict=False)
        optimizer.step()
        losses.append(total)
    return torch.stack(losses), ref.running_statistics(model)


def write(file: h5py.File, name: str, pieces: int, steps: int) -> None:
    exact, statistics = run(name, torch.float64, pieces, steps)
    single, rough = run(name, torch.float32, pieces, steps)
    print(f"{name}, {pieces} pieces: losses {exact[0]:.4f} to {exact[-1]:.4f}")
    worst = ((single.double() - exact).abs() / exact).tolist()
    print("  " + " ".join(f"{value:.0e}" for value in worst))
    group = file.require_group(name)
    group.attrs["rate"] = RATES[name]
    group.create_dataset(f"pieces{pieces}/losses", data=exact.numpy())
    if statistics:
        ref.print_errors("statistics", [(n, rough[n], statistics[n]) for n in statistics])
        for key in (f"{norm}.running_{kind}" for norm in ("bn1", "layer4.1.bn2") for kind in ("mean", "var")):
            ref.write(group, f"pieces{pieces}/{key}", statistics[key])


def main() -> None:
    with ref.create_beside(__file__) as file:
        file.attrs.update(batch=BATCH, input=INPUT, classes=CLASSES, momentum=MOMENTUM)
        for name, pieces, steps in CASES:
            write(file, name, pieces, steps)


if __name__ == "__main__":
    main()
