"""Whether the batched views do what they say: against torchvision's functions and tf.signal.

The draws are fixed, the results compared; exits with 1 where one is off. TensorFlow's numbers
are those of the fixture that Motet's own tests use.
"""

import sys
from pathlib import Path
from unittest.mock import patch

import h5py
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional

import image_views
from sound_views import log_mel

FIXTURE = Path(__file__).parents[2] / "Tests" / "ViewsTests" / "Fixtures" / "logmel.h5"
SIDE = 128


def rows_first(x: Tensor) -> Tensor:
    """Between [N, channel, row, column] and [N, row, channel, column]."""
    return x.transpose(1, 2).clone()


def crop_error(source: int, box: tuple[int, int, int, int], flip: bool) -> float:
    x = torch.rand(2, 3, source, source)
    top, left, height, width = box
    ours = rows_first(image_views.crop(
        rows_first(x), torch.tensor([[top, height]] * 2).float(),
        torch.tensor([[left, width]] * 2).float(), torch.tensor([flip] * 2), SIDE))
    theirs = functional.resized_crop(x, *box, [SIDE, SIDE], antialias=True)
    return float((ours - (theirs.flip(3) if flip else theirs)).abs().max())


def jitter_error(name: str, factor: float) -> float:
    x = torch.rand(2, 3, SIDE, SIDE)

    def draw(count: int, low: float, high: float) -> Tensor:
        return torch.full((count,), factor)

    with patch.object(image_views, "uniform", draw):
        ours = rows_first(getattr(image_views, name)(rows_first(x), 0.4))
    theirs = getattr(functional, f"adjust_{name}")(x, factor)
    return float((ours - theirs).abs().max())


def blur_error(sigma: float) -> float:
    x = torch.rand(3, SIDE, SIDE)
    matrix = image_views.blur_matrices(torch.tensor([sigma]), SIDE)[0]
    width = image_views.blur_width(SIDE)
    theirs = functional.gaussian_blur(x, [width, width], [sigma, sigma])
    return float((matrix @ x @ matrix.T - theirs).abs().max())


def log_mel_error() -> float:
    with h5py.File(FIXTURE) as fixture:
        samples = torch.from_numpy(fixture["samples"][()]).float() / 32_768
        theirs = torch.from_numpy(fixture["logmel"][()])
    return float((log_mel(samples[None])[0] - theirs).abs().max())


def main() -> None:
    torch.manual_seed(1)
    errors = {
        "crop, enlarged": crop_error(64, (5, 7, 40, 50), flip=False),
        "crop, shrunk and flipped": crop_error(256, (3, 4, 240, 200), flip=True),
        "brightness": jitter_error("brightness", 1.3),
        "contrast": jitter_error("contrast", 0.7),
        "saturation": jitter_error("saturation", 1.35),
        "hue": jitter_error("hue", -0.09),
        "blur": max(blur_error(0.4), blur_error(1.7)),
        "log-mel": log_mel_error(),
    }
    bounds = {name: 1e-4 if name == "log-mel" else 1e-5 for name in errors}
    for name, error in errors.items():
        print(f"{name}: greatest difference {error:.1e}, at most {bounds[name]:.0e}")
    if any(error > bounds[name] for name, error in errors.items()):
        sys.exit(1)


if __name__ == "__main__":
    main()
