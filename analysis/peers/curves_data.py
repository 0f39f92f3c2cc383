"""CIFAR-10 for `curves_lightly.py`: images, lightly's training views, evaluation views.

Training views are lightly's transform for SimCLR itself, image by image: beside a step of a
ResNet-18 with the small stem on a core they take 3 % of the time, so there is nothing to hurry.
"""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import torch
from lightly.transforms.simclr_transform import SimCLRViewTransform
from lightly.transforms.utils import IMAGENET_NORMALIZE
from PIL import Image
from torch import Tensor

#: A sample of the binary version: its class, then its planes.
RECORD = 1 + 3 * 32 * 32


@dataclass(frozen=True)
class Split:
    """UInt8 [N, 32, 32, 3], and classes."""

    images: np.ndarray
    labels: Tensor

    def first(self, count: int) -> "Split":
        """The first `count`; all where it is 0."""
        return Split(self.images[:count], self.labels[:count]) if count else self


def load(path: Path) -> tuple[Split, Split]:
    """Training and test split of a Motet store, or of a folder of CIFAR-10's binary batches."""
    if path.is_dir():
        files = [path / f"data_batch_{number}.bin" for number in range(1, 6)]
        return read_batches(files), read_batches([path / "test_batch.bin"])
    with h5py.File(path) as store:
        return read_split(store["train/image"]), read_split(store["test/image"])


def read_split(group: h5py.Group) -> Split:
    return Split(group["pixels"][()], torch.from_numpy(group["label"][()]).long())


def read_batches(files: list[Path]) -> Split:
    records = np.concatenate([np.fromfile(file, np.uint8).reshape(-1, RECORD) for file in files])
    planes = records[:, 1:].reshape(-1, 3, 32, 32)
    return Split(np.ascontiguousarray(planes.transpose(0, 2, 3, 1)),
                 torch.from_numpy(records[:, 0].astype(np.int64)))


class TrainingViews:
    """lightly's views for CIFAR-10: half of SimCLR's jitter, crops from 8 % on, no blur."""

    def __init__(self) -> None:
        self.transform = SimCLRViewTransform(input_size=32, cj_strength=0.5, gaussian_blur=0)

    def __call__(self, images: np.ndarray) -> Tensor:
        return torch.stack([self.transform(Image.fromarray(image)) for image in images])


def evaluation_views(images: np.ndarray) -> Tensor:
    """The images themselves, normalised."""
    mean, deviation = (
        torch.tensor(IMAGENET_NORMALIZE[key]).view(3, 1, 1) for key in ("mean", "std"))
    return (torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255 - mean) / deviation
