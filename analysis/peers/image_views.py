"""SimCLR's views of images in PyTorch, twice: torchvision's transforms, and whole batches.

Both do what Motet's image views do: random resized crop, with p 0.8 colour jitter in random
order, with p 0.2 grey, with p 0.5 Gaussian blur, with p 0.5 flip, normalisation.

`torchvision_views` is the usual way: torchvision.transforms.v2 on one UInt8 tensor after
another. `batched_views` draws for every sample by itself as well, but works on many at once:
samples whose jitter has the same order (of 24) go together; crop, flip and resize are two
products with interpolation matrices, blur is two products with banded matrices.
"""

import itertools
import math

import torch
from torch import Tensor
from torch.nn.functional import relu
from torchvision.transforms import v2

AREA = (0.2, 1.0)
ASPECT = (3 / 4, 4 / 3)
STRENGTHS = (0.4, 0.4, 0.4, 0.1)
JITTER, GREY, BLUR, FLIP = 0.8, 0.2, 0.5, 0.5
SIGMA = (0.1, 2.0)
MEAN = (0.491, 0.482, 0.446)
DEVIATION = (0.247, 0.243, 0.261)
LUMINANCE = (0.2989, 0.587, 0.114)
ORDERS = list(itertools.permutations(range(4)))


def blur_width(side: int) -> int:
    """A tenth of the side, odd (SimCLR)."""
    return 2 * (side // 20) + 1


def torchvision_transform(side: int) -> v2.Compose:
    """From one UInt8 image [3, H, W] to a view [3, side, side]."""
    brightness, contrast, saturation, hue = STRENGTHS
    return v2.Compose([
        v2.RandomResizedCrop(side, scale=AREA, ratio=ASPECT, antialias=True),
        v2.RandomApply([v2.ColorJitter(brightness, contrast, saturation, hue)], JITTER),
        v2.RandomGrayscale(GREY),
        v2.RandomApply([v2.GaussianBlur(blur_width(side), SIGMA)], BLUR),
        v2.RandomHorizontalFlip(FLIP),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(MEAN, DEVIATION),
    ])


def torchvision_views(images: Tensor, transform: v2.Compose) -> Tensor:
    """Views of UInt8 images [N, H, W, 3], channels last in memory."""
    planes = images.permute(0, 3, 1, 2).contiguous()
    views = torch.stack([transform(image) for image in planes])
    return views.contiguous(memory_format=torch.channels_last)


def batched_views(images: Tensor, side: int) -> Tensor:
    """Views [N, 3, side, side], channels last, of UInt8 images [N, H, W, 3]."""
    count = len(images)
    views = torch.empty(count, 3, side, side).to(memory_format=torch.channels_last)
    rows, columns = random_boxes(count, images.shape[1], images.shape[2])
    flips = torch.rand(count) < FLIP
    order = torch.randint(len(ORDERS), (count,))
    order[torch.rand(count) >= JITTER] = -1
    for number in range(-1, len(ORDERS)):
        chosen = (order == number).nonzero()[:, 0]
        if len(chosen) == 0:
            continue
        # [N, row, channel, column]: rows and columns are then products with matrices.
        x = images[chosen].permute(0, 1, 3, 2).float().div_(255)
        x = crop(x, rows[chosen], columns[chosen], flips[chosen], side)
        for operation in ORDERS[number] if number >= 0 else ():
            x = ADJUSTMENTS[operation](x, STRENGTHS[operation])
        x = blur(make_grey(x))
        views[chosen] = normalise(x)
    return views


def uniform(count: int, low: float, high: float) -> Tensor:
    return torch.rand(count) * (high - low) + low


def random_boxes(count: int, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Start and length [N, 2] of each crop's rows and columns.

    Ten tries each, then the whole of a square image (torchvision's rule).
    """
    tries = 10
    area = height * width * uniform(count * tries, *AREA)
    ratio = uniform(count * tries, math.log(ASPECT[0]), math.log(ASPECT[1])).exp()
    h = (area / ratio).sqrt().round().view(count, tries)
    w = (area * ratio).sqrt().round().view(count, tries)
    fits = (h <= height) & (w <= width) & (h > 0) & (w > 0)
    first = fits.int().argmax(1, keepdim=True)
    found = fits.any(1)
    h = torch.where(found, h.gather(1, first)[:, 0], height)
    w = torch.where(found, w.gather(1, first)[:, 0], width)
    top = (torch.rand(count) * (height - h + 1)).floor()
    left = (torch.rand(count) * (width - w + 1)).floor()
    return torch.stack([top, h], 1), torch.stack([left, w], 1)


def interpolation(boxes: Tensor, source: int, target: int) -> Tensor:
    """Matrices [N, target, source]: bilinear, half-pixel centres, antialiased where it shrinks."""
    start, length = boxes[:, 0, None], boxes[:, 1, None]
    scale = length / target
    centres = start + (torch.arange(target) + 0.5) * scale - 0.5
    places = torch.arange(source, dtype=torch.float32)
    reach = scale.clamp(min=1)[:, :, None]
    weights = relu(1 - (centres[:, :, None] - places).abs() / reach)
    inside = (places >= start) & (places < start + length)
    weights = weights * inside[:, None, :]
    return weights / weights.sum(2, keepdim=True)


def crop(x: Tensor, rows: Tensor, columns: Tensor, flips: Tensor, side: int) -> Tensor:
    count, height, channels, width = x.shape
    x = interpolation(rows, height, side) @ x.reshape(count, height, channels * width)
    across = interpolation(columns, width, side)
    across = torch.where(flips[:, None, None], across.flip(1), across)
    x = x.view(count, side * channels, width) @ across.transpose(1, 2)
    return x.view(count, side, channels, side)


def factors(x: Tensor, strength: float) -> Tensor:
    return uniform(len(x), 1 - strength, 1 + strength).view(-1, 1, 1, 1)


def luminance(x: Tensor) -> Tensor:
    """[N, row, 1, column]"""
    red, green, blue = x.unbind(2)
    grey = red * LUMINANCE[0]
    grey.add_(green, alpha=LUMINANCE[1]).add_(blue, alpha=LUMINANCE[2])
    return grey.unsqueeze(2)


def brightness(x: Tensor, strength: float) -> Tensor:
    return x.mul_(factors(x, strength)).clamp_(0, 1)


def contrast(x: Tensor, strength: float) -> Tensor:
    mean = luminance(x).mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, x, factors(x, strength)).clamp_(0, 1)


def saturation(x: Tensor, strength: float) -> Tensor:
    return torch.lerp(luminance(x), x, factors(x, strength)).clamp_(0, 1)


def hue(x: Tensor, strength: float) -> Tensor:
    """Shifts H of HSV. A channel is V − VS · clamp(min(k, 4 − k), 0, 1), k = (n + 6 H) mod 6."""
    red, green, blue = x.unbind(2)
    most, where = x.max(2)
    chroma = most - x.amin(2)
    divisor = torch.where(chroma > 0, chroma, 1)
    sixth = torch.where(
        where == 0, (green - blue) / divisor,
        torch.where(where == 1, 2 + (blue - red) / divisor, 4 + (red - green) / divisor),
    )
    sixth += 6 * uniform(len(x), -strength, strength).view(-1, 1, 1)
    for channel, offset in enumerate((5, 3, 1)):
        k = (sixth + offset).remainder_(6)
        x[:, :, channel] = most - chroma * torch.minimum(k, 4 - k).clamp_(0, 1)
    return x


#: In the order of `STRENGTHS`.
ADJUSTMENTS = (brightness, contrast, saturation, hue)


def make_grey(x: Tensor) -> Tensor:
    chosen = (torch.rand(len(x)) < GREY).nonzero()[:, 0]
    if len(chosen):
        x[chosen] = luminance(x[chosen]).expand(-1, -1, 3, -1)
    return x


def blur(x: Tensor) -> Tensor:
    """Separable, the border mirrored: a product along rows and one along columns."""
    chosen = (torch.rand(len(x)) < BLUR).nonzero()[:, 0]
    if len(chosen) == 0:
        return x
    part = x[chosen]
    count, side, channels, _ = part.shape
    matrix = blur_matrices(uniform(count, *SIGMA), side)
    part = matrix @ part.view(count, side, channels * side)
    part = part.view(count, side * channels, side) @ matrix.transpose(1, 2)
    x[chosen] = part.view(count, side, channels, side)
    return x


def blur_matrices(sigmas: Tensor, side: int) -> Tensor:
    """[N, side, side]: row y holds what pixel y takes from each."""
    radius = blur_width(side) // 2
    offsets = torch.arange(-radius, radius + 1)
    weights = torch.exp(-offsets**2 / (2 * sigmas[:, None] ** 2))
    weights /= weights.sum(1, keepdim=True)
    source = (torch.arange(side)[:, None] + offsets).abs()
    source = torch.where(source >= side, 2 * (side - 1) - source, source)
    matrix = torch.zeros(len(sigmas), side, side)
    places = source.expand(len(sigmas), -1, -1)
    return matrix.scatter_add_(2, places, weights[:, None].expand(-1, side, -1))


def normalise(x: Tensor) -> Tensor:
    """From [N, row, channel, column] to [N, channel, row, column]."""
    mean = torch.tensor(MEAN).view(3, 1)
    deviation = torch.tensor(DEVIATION).view(3, 1)
    return ((x - mean) / deviation).permute(0, 2, 1, 3)
