"""A pretrained encoder as a PyTorch module: torchvision's ResNet-18 or timm's VisionTransformer.

Needs PyTorch, and torchvision or timm. Its features are those of `motet embed` to 1e-4.
"""

import json
from pathlib import Path
from typing import Any

import h5py
import numpy
from numpy.typing import NDArray

from motet_analysis.errors import InputError
from motet_analysis.gathered import attribute

FORMAT = "motet checkpoint"

#: What an entry's name begins with where one modality alone has it: `norms.image.bn1.weight`.
_OWN = ("stems", "norms")
_HEADS = {"resnet18": "fc", "vit": "head"}

Weights = dict[str, NDArray[numpy.float32]]


def load_encoder(run: Path | str, modality: str = "image", number: int | None = None) -> Any:
    """The encoder of a run without its head, as a `torch.nn.Module` that is ready to evaluate.

    It takes views [N, channels, side, side] as Motet makes them of the modality and gives features
    [N, D]. Its attribute `job` is the resolved job, with what views are made of.

    :param number: the round of a kept checkpoint; the newest where not given.
    """
    job, weights = _load(Path(run), number)
    settings = job["encoder"]
    name = settings["name"]
    if name not in _HEADS:
        raise InputError(f"{run}: there is no PyTorch module for the encoder '{name}'")
    own = of_modality(weights, modality, _HEADS[name])
    module = _resnet18(settings, own) if name == "resnet18" else _vit(settings, own)
    _fill(module, own, run)
    module.job = job
    return module.eval()


def of_modality(weights: Weights, modality: str, head: str) -> Weights:
    """The entries that a modality's samples go through before the head, by their plain names. A
    modality that no client trained has the BatchNorm of the first that was, as `motet embed` has
    it."""
    found: Weights = {}
    lender = _lender(weights, modality)
    for name, values in weights.items():
        kind, _, rest = name.partition(".")
        owner, _, plain = rest.partition(".")
        if kind not in _OWN:
            plain = name
        elif owner != (lender if kind == "norms" else modality):
            continue
        if plain.partition(".")[0] != head:
            found[plain] = values
    return found


def _lender(weights: Weights, modality: str) -> str:
    trained: dict[str, bool] = {}
    for name, values in weights.items():
        parts = name.split(".")
        if parts[0] == "norms" and parts[-1] in ("running_mean", "running_var"):
            moved = bool((values != (1 if parts[-1] == "running_var" else 0)).any())
            trained[parts[1]] = trained.get(parts[1], False) or moved
    if trained and modality not in trained:
        raise InputError(
            f"the encoder has no BatchNorm for {modality}, but for {', '.join(trained)}")
    if trained.get(modality, True):
        return modality
    return next((other for other, is_it in trained.items() if is_it), modality)


def _load(run: Path, number: int | None) -> tuple[dict[str, Any], Weights]:
    paths = sorted(run.glob("checkpoint-*.h5"), key=_number)
    if not paths:
        raise InputError(f"{run}: there is no checkpoint here; give a run's folder")
    chosen = [path for path in paths if number in (None, _number(path))]
    if not chosen:
        there = ", ".join(str(_number(path)) for path in paths)
        raise InputError(f"{run}: there is no checkpoint of round {number}; there are: {there}")
    try:
        with h5py.File(chosen[-1], "r") as file:
            if attribute(file, "format") != FORMAT:
                raise InputError(f"{chosen[-1]}: this is no {FORMAT}")
            job: dict[str, Any] = json.loads(attribute(file, "job"))
            return job, {name: values[()] for name, values in file["model"].items()}
    except OSError as error:
        raise InputError(f"{chosen[-1]}: cannot be read: {error}") from error


def _number(path: Path) -> int:
    return int(path.stem.partition("-")[2])


def _import(name: str) -> Any:
    try:
        return __import__(name)
    except ImportError as error:
        raise InputError(f"load_encoder needs {name}: pip install {name}") from error


def _resnet18(settings: dict[str, Any], weights: Weights) -> Any:
    torch, torchvision = _import("torch"), _import("torchvision")
    module = torchvision.models.resnet18()
    first = weights.get("conv1.weight")
    if first is not None and (settings["stem"] == "small" or first.shape[1] != 3):
        small = settings["stem"] == "small"
        module.conv1 = torch.nn.Conv2d(
            first.shape[1], 64, 3 if small else 7, stride=1 if small else 2,
            padding=1 if small else 3, bias=False)
        if small:
            module.maxpool = torch.nn.Identity()
    module.fc = torch.nn.Identity()
    return module


def _vit(settings: dict[str, Any], weights: Weights) -> Any:
    timm = _import("timm")
    first = weights.get("patch_embed.proj.weight")
    return timm.models.vision_transformer.VisionTransformer(
        img_size=settings["input"], patch_size=settings["patch"],
        in_chans=3 if first is None else first.shape[1], embed_dim=settings["width"],
        depth=settings["depth"], num_heads=settings["heads"],
        mlp_ratio=settings["mlp"] / settings["width"], num_classes=0,
        class_token=settings["class_token"],
        # timm would name the last norm otherwise where tokens are averaged, and not miss it.
        global_pool="token" if settings["class_token"] else "avg", fc_norm=False,
    )


def _fill(module: Any, weights: Weights, run: Path | str) -> None:
    """Every parameter has to be there; a method's own are left."""
    torch = _import("torch")
    wanted = module.state_dict()
    missing = [
        name for name in wanted if name not in weights and not name.endswith("num_batches_tracked")
    ]
    if missing:
        raise InputError(f"{run}: the model has no '{missing[0]}' for this modality")
    module.load_state_dict(
        {name: torch.tensor(weights[name]) for name in wanted if name in weights}, strict=False)
