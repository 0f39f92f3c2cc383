"""One training step of SimCLR in PyTorch, timed: the peer of `motet bench step`.

A ResNet-18 of torchvision, channels last, or a ViT of timm, whose attention is PyTorch's
scaled_dot_product_attention. Two views, one after the other, NT-Xent, backward, SGD; no
augmentation. `python step_pytorch.py --batch 256 --tuned --json`
"""

import argparse
import json
import math
import resource
import statistics
import time
from dataclasses import asdict, dataclass

import torch
from timm.models.vision_transformer import Attention, VisionTransformer
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize
from torchvision.models import resnet18

from environment import restart_if_needed


@dataclass(frozen=True)
class Settings:
    encoder: str
    batch: int
    input: int
    threads: int
    steps: int
    warmup: int
    precision: str
    json: bool
    tuned: bool


@dataclass(frozen=True)
class Report:
    torch: str
    encoder: str
    batch: int
    input: int
    threads: int
    precision: str
    tuned: bool
    milliseconds: float
    milliseconds_min: float
    milliseconds_max: float
    views_per_second: float
    gflops: float
    peak_rss_bytes: int


def read_settings() -> Settings:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", choices=list(ENCODERS), default="resnet18")
    parser.add_argument("--batch", type=int, default=32, help="samples; each gives two views")
    parser.add_argument("--input", type=int, default=128, help="side of the images in pixels")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=5, help="timed steps")
    parser.add_argument("--warmup", type=int, default=2, help="steps before, not timed")
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--tuned", action="store_true", help="let malloc keep large blocks")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    settings = Settings(**vars(parser.parse_args()))
    for name in ("batch", "input", "threads", "steps"):
        if getattr(settings, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if settings.warmup < 0:
        parser.error("--warmup must be at least 0")
    return settings


def nt_xent(u: Tensor, v: Tensor, temperature: float = 0.5) -> Tensor:
    z = normalize(torch.cat([u, v]), dim=1)
    logits = (z @ z.T / temperature).fill_diagonal_(-math.inf)
    partners = torch.arange(len(z)).roll(len(u))
    return cross_entropy(logits, partners)


def build_resnet18(input: int) -> nn.Module:
    return resnet18(num_classes=128).to(memory_format=torch.channels_last)


def build_vit(input: int) -> nn.Module:
    """Motet's defaults: 64 tokens of 16 x 16 pixels, width 256, 18 layers, 8 heads."""
    model = VisionTransformer(
        img_size=input,
        patch_size=16,
        num_classes=0,
        global_pool="avg",
        embed_dim=256,
        depth=18,
        num_heads=8,
        class_token=False,
        fc_norm=False,
    )
    model.head = nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 128))
    return model


ENCODERS = {"resnet18": build_resnet18, "vit": build_vit}


class Step:
    """Model, optimizer and a fixed batch of two views."""

    def __init__(self, settings: Settings) -> None:
        torch.manual_seed(1)
        self.model = ENCODERS[settings.encoder](settings.input).train()
        self.optimizer = torch.optim.SGD(
            self.model.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4
        )
        shape = (settings.batch, 3, settings.input, settings.input)
        self.views = [
            torch.randn(shape).to(memory_format=torch.channels_last) for _ in range(2)
        ]
        self.half = settings.precision == "bf16"

    def run(self) -> float:
        """One step; returns its seconds."""
        start = time.perf_counter()
        self.optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
            projections = [self.model(view) for view in self.views]
        nt_xent(*(projection.float() for projection in projections)).backward()
        self.optimizer.step()
        return time.perf_counter() - start


def operations_per_view(model: nn.Module, view: Tensor) -> int:
    """Floating-point operations of forward and backward for one image, counted directly.

    A multiplication and an addition count as two. Convolutions and linear layers count three
    times: output, gradient of the input, gradient of the weights. The first convolution has no
    gradient of the input. Attention has two products of tokens with tokens.
    """
    total = 0

    def count(layer: nn.Module, inputs: tuple[Tensor], output: Tensor) -> None:
        nonlocal total
        inner = math.prod(layer.get_parameter("weight").shape[1:])
        passes = 2 if inputs[0] is view else 3
        total += passes * 2 * output[0].numel() * inner

    def count_attention(layer: nn.Module, inputs: tuple[Tensor], _: Tensor) -> None:
        nonlocal total
        tokens, width = inputs[0].shape[1:]
        total += 3 * 2 * 2 * tokens * tokens * width

    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    attentions = [m for m in model.modules() if isinstance(m, Attention)]
    hooks += [layer.register_forward_hook(count_attention) for layer in attentions]
    with torch.no_grad():
        model(view)
    for hook in hooks:
        hook.remove()
    return total


def measure(settings: Settings) -> Report:
    step = Step(settings)
    for _ in range(settings.warmup):
        step.run()
    seconds = [step.run() for _ in range(settings.steps)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    middle = statistics.median(seconds)
    views = 2 * settings.batch
    operations = operations_per_view(step.model.eval(), step.views[0][:1])
    return Report(
        torch=torch.__version__,
        encoder=settings.encoder,
        batch=settings.batch,
        input=settings.input,
        threads=torch.get_num_threads(),
        precision=settings.precision,
        tuned=settings.tuned,
        milliseconds=1e3 * middle,
        milliseconds_min=1e3 * min(seconds),
        milliseconds_max=1e3 * max(seconds),
        views_per_second=views / middle,
        gflops=views * operations / middle / 1e9,
        peak_rss_bytes=peak,
    )


def describe(report: Report) -> str:
    allocator = "tuned allocator" if report.tuned else "as it comes"
    return (
        f"PyTorch {report.torch}, {report.encoder}, {allocator}, {report.precision}, "
        f"{report.threads} thread(s), "
        f"2 x {report.batch} views of {report.input} x {report.input}\n"
        f"step {report.milliseconds:.0f} ms (median; {report.milliseconds_min:.0f} to "
        f"{report.milliseconds_max:.0f}), {report.views_per_second:.1f} views/s, "
        f"{report.gflops:.0f} GFLOP/s, peak {report.peak_rss_bytes / 2**20:.0f} MiB"
    )


def main() -> None:
    settings = read_settings()
    restart_if_needed(settings.threads, settings.tuned)
    torch.set_num_threads(settings.threads)
    report = measure(settings)
    print(json.dumps(asdict(report)) if settings.json else describe(report))


if __name__ == "__main__":
    main()
