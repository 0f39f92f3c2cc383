"""What one view costs in PyTorch, on one thread: the peer of `motet bench views`.

`python views_pytorch.py --json` gives milliseconds a view for each case and way.
"""

import argparse
import json
import time
from collections.abc import Callable

import torch
from torch import Tensor

from environment import restart_if_needed
from image_views import batched_views, torchvision_transform, torchvision_views
from sound_views import librosa_log_mel, random_segments, sound_views

SIDES = (32, 64, 128, 256)
PRESETS = ("crop", "spectral", "waveform")
CLIP = 80_000


def milliseconds(make: Callable[[Tensor], Tensor], samples: Tensor, views: int) -> float:
    """A view, the mean of at least `views`; as many samples at a time as `samples` has."""
    make(samples)
    calls = max(1, -(-views // len(samples)))
    start = time.perf_counter()
    for _ in range(calls):
        make(samples)
    return 1e3 * (time.perf_counter() - start) / (calls * len(samples))


def measure(input: int, views: int, batch: int) -> dict[str, dict[str, float]]:
    torch.manual_seed(1)
    transform = torchvision_transform(input)
    results: dict[str, dict[str, float]] = {}
    for side in SIDES:
        images = torch.randint(256, (batch, side, side, 3), dtype=torch.uint8)
        results[f"image {side}x{side}"] = {
            "torchvision v2": milliseconds(
                lambda x: torchvision_views(x, transform), images, views),
            "pytorch, batched": milliseconds(lambda x: batched_views(x, input), images, views),
        }
    clips = torch.randint(-32_768, 32_768, (batch, CLIP), dtype=torch.int16)
    for preset in PRESETS:
        def make(x: Tensor, preset: str = preset) -> Tensor:
            return sound_views(x, preset, input)

        results[f"audio {preset}"] = {
            "pytorch": milliseconds(make, clips[:1], views),
            "pytorch, batched": milliseconds(make, clips[:32], views),
        }
    results["audio crop"]["librosa"] = milliseconds(
        lambda x: librosa_log_mel(random_segments(x)[0].numpy(), input), clips[:1], views)
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--input", type=int, default=128, help="side of the views")
    parser.add_argument("--views", type=int, default=500, help="views to time for each case")
    parser.add_argument("--batch", type=int, default=256, help="images in a batch")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    restart_if_needed(threads=1, tuned=True)
    torch.set_num_threads(1)
    results = measure(arguments.input, arguments.views, arguments.batch)
    if arguments.json:
        print(json.dumps(results))
        return
    for case, ways in results.items():
        print(f"{case}: " + ", ".join(f"{way} {ms:.3f} ms" for way, ms in ways.items()))


if __name__ == "__main__":
    main()
