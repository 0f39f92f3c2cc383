"""Against `motet embed`, where PyTorch, torchvision, timm and a build of Motet are there."""

import os
import subprocess
from pathlib import Path
from typing import Any

import h5py
import numpy
import pytest

from motet_analysis.encoder import Weights, load_encoder, of_modality
from motet_analysis.errors import InputError

ROOT = Path(__file__).parents[2]
MOTET = Path(os.environ.get("MOTET", ROOT / ".build/release/motet"))


def test_a_modality_has_its_own_and_everyones() -> None:
    one = numpy.ones(2, numpy.float32)
    weights: Weights = {
        "conv1.weight": one, "stems.image.patch": one, "stems.audio.patch": 2 * one,
        "norms.image.bn1.running_mean": 3 * one, "norms.image.bn1.running_var": 4 * one,
        "norms.audio.bn1.running_mean": 0 * one, "norms.audio.bn1.running_var": one,
        "fc.weight": one, "norms.image.fc.1.running_mean": one,
    }
    found = of_modality(weights, "audio", "fc")
    # No sound was trained on: the statistics are the images'.
    assert {name: values[0] for name, values in found.items()} == {
        "conv1.weight": 1, "patch": 2, "bn1.running_mean": 3, "bn1.running_var": 4}
    weights["norms.audio.bn1.running_mean"] = 5 * one
    assert of_modality(weights, "audio", "fc")["bn1.running_var"][0] == 1
    with pytest.raises(InputError, match="no BatchNorm for video"):
        of_modality(weights, "video", "fc")


def test_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no checkpoint here"):
        load_encoder(tmp_path)
    (tmp_path / "checkpoint-000003.h5").write_text("no HDF5")
    with pytest.raises(InputError, match="there are: 3"):
        load_encoder(tmp_path, number=4)
    with pytest.raises(InputError, match="cannot be read"):
        load_encoder(tmp_path)


def motet(*arguments: str | Path) -> None:
    result = subprocess.run([MOTET, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("encoder", [
    "{ name: resnet18, input: 32 }",
    "{ name: resnet18, input: 32, stem: small, norms: own, hidden: 64, hidden_norm: true }",
    "{ name: resnet18, input: 32, channels: 1, stems: own, norms: statistics }",
    "{ name: vit, input: 32, patch: 8, width: 64, depth: 2, heads: 2, mlp: 128, hidden: 64 }",
    "{ name: vit, input: 32, patch: 8, width: 64, depth: 2, heads: 2, mlp: 128, "
    "class_token: true, stems: own }",
])
@pytest.mark.parametrize("mix", ["{ image+audio: 100% }", "{ image: 100% }"])
def test_the_features_of_motet_embed(tmp_path: Path, encoder: str, mix: str) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("torchvision")
    pytest.importorskip("timm")
    if not MOTET.is_file():
        pytest.skip(f"{MOTET} is not built")
    store, run = tmp_path / "data.h5", tmp_path / "run"
    motet("data", "synthesize", "--to", store, "--images", "48", "--sounds", "48",
          "--classes", "3", "--side", "32")
    (tmp_path / "job.yaml").write_text(f"""
name: small
data: {{ image: data.h5, audio: data.h5 }}
clients: {{ count: 2, alpha: 1000, mix: {mix} }}
encoder: {encoder}
method: {{ name: byol, hidden: 32 }}
training: {{ local_epochs: 1, batch: 16 }}
federation: {{ rounds: 2, participation: 100% }}
monitor: {{ every: 0 }}
results: run
""")
    motet("shard", tmp_path / "job.yaml")
    motet("run", tmp_path / "job.yaml")

    def embed(features: str, modality: str) -> numpy.ndarray:
        folder = run / "embeddings"
        motet("embed", run, "--data", store, "--modality", modality, "--features", features)
        [path] = folder.glob("*.h5")
        with h5py.File(path, "r") as file:
            values = file["features"][()]
        path.unlink()
        return values

    for modality in ("image", "audio"):
        module = load_encoder(run, modality)
        channels = next(module.parameters() if "resnet" in encoder else
                        module.patch_embed.parameters()).shape[1]
        # The view itself, the mean of its channels: of sounds, and of grey images, that is all.
        views = embed("view", modality).reshape(-1, 1, 32, 32).repeat(channels, axis=1)
        if modality == "image" and channels == 3:
            with h5py.File(store, "r") as file:
                pixels = file["test/image/pixels"][()]
            settings = module.job["views"]["image"]
            views = ((pixels / 255 - numpy.array(settings["mean"]))
                     / numpy.array(settings["deviation"])).transpose(0, 3, 1, 2)
        with torch.no_grad():
            found = module(torch.tensor(views, dtype=torch.float32)).numpy()
        expected = embed("encoder", modality)
        close(found, expected)

        # What motet export writes is loaded by the lines on its card, and is the same module.
        pytest.importorskip("safetensors")
        file = tmp_path / f"{modality}.safetensors"
        motet("export", run, "--to", file, "--modality", modality)
        code = file.with_suffix(".md").read_text().split("```python\n")[1].split("```")[0]
        names: dict[str, Any] = {}
        exec(code.replace(file.name, str(file)), names)
        with torch.no_grad():
            close(names["encoder"](torch.tensor(views, dtype=torch.float32)).numpy(), expected)


def close(found: numpy.ndarray, expected: numpy.ndarray) -> None:
    assert found.shape == expected.shape
    assert numpy.abs(found - expected).max() < 1e-4 * max(1, numpy.abs(expected).max())
