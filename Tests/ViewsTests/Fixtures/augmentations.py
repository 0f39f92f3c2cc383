"""Writes augmentations.h5: torchvision's image augmentations with fixed parameters, on float tensors.

Made with torch 2.15.0 and torchvision 0.29.2. Images are bytes from `noise` (Tests/TestSupport).
"""

import sys

import h5py
import numpy as np
import torch
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as F

SIDE = 32
MEAN, DEVIATION = [0.491, 0.482, 0.446], [0.247, 0.243, 0.261]


def noise(seed, count):
    z = np.uint64(seed) + (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(2**23) - np.float32(1)


def picture(seed, height, width):
    """[3, height, width] floats in 0-1 of an image of bytes; the first rows grey, black and white."""
    pixels = np.floor((noise(seed, height * width * 3) + 1) * 128).astype(np.uint8).reshape(height, width, 3)
    pixels[0, :, :] = pixels[0, :, :1]
    if height > 2:
        pixels[1, :, :] = 0
        pixels[2, :, :] = 255
    return torch.from_numpy(pixels).permute(2, 0, 1).float() / 255


def resized_crop(image, top, left, height, width):
    return F.resized_crop(image, top, left, height, width, [SIDE, SIDE], InterpolationMode.BILINEAR, antialias=True)


def evaluation(image):
    image = F.resize(image, [SIDE], InterpolationMode.BILINEAR, antialias=True)
    return F.normalize(F.center_crop(image, [SIDE, SIDE]), MEAN, DEVIATION)


square = picture(1, SIDE, SIDE)
results = {
    "crop/enlarging": resized_crop(picture(2, 24, 28), 3, 5, 17, 13),
    "crop/whole": resized_crop(picture(2, 24, 28), 0, 0, 24, 28),
    "crop/shrinking": resized_crop(picture(3, 90, 131), 7, 11, 71, 113),
    "crop/mixed": resized_crop(picture(3, 90, 131), 50, 2, 20, 125),
    "crop/same": resized_crop(picture(3, 90, 131), 9, 8, SIDE, SIDE),
    "crop/pixel": resized_crop(picture(4, 1, 1), 0, 0, 1, 1),
    "grey": F.rgb_to_grayscale(square, 1),
    "flip": F.normalize(F.horizontal_flip(square), MEAN, DEVIATION),
    "evaluation/small": evaluation(picture(5, 20, 27)),
    "evaluation/large": evaluation(picture(6, 83, 57)),
    "evaluation/pixel": evaluation(picture(4, 1, 1)),
}
for factor in (0.0, 0.6, 1.0, 1.4):
    results[f"brightness/{factor}"] = F.adjust_brightness(square, factor)
    results[f"contrast/{factor}"] = F.adjust_contrast(square, factor)
    results[f"saturation/{factor}"] = F.adjust_saturation(square, factor)
for shift in (-0.5, -0.1, -0.03, 0.0, 0.07, 0.1, 0.5):
    results[f"hue/{shift}"] = F.adjust_hue(square, shift)
for kernel in (3, 5, 13):
    for sigma in (0.1, 0.4, 1.0, 2.0):
        results[f"blur/{kernel}/{sigma}"] = F.gaussian_blur(square, [kernel, kernel], [sigma, sigma])

with h5py.File(sys.argv[1] if len(sys.argv) > 1 else "augmentations.h5", "w") as file:
    for name, value in results.items():
        file.create_dataset(name, data=value.numpy().astype(np.float32), compression=9, shuffle=True)
