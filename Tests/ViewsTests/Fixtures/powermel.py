"""Writes powermel.h5: log-mel values of power instead of magnitude, by PyTorch's `stft`.

Sound and mel filters are those of logmel.h5 (TensorFlow's filters). `torch.stft` puts a short
window into the middle of its frames, so the sound is moved by as much. Every 11th value is kept.
"""

from pathlib import Path

import h5py
import torch

WINDOW, HOP, TRANSFORM, FLOOR, STRIDE = 400, 160, 1024, 1e-5, 11


def main() -> None:
    folder = Path(__file__).parent
    with h5py.File(folder / "logmel.h5") as file:
        signal = torch.tensor(file["samples"][()] / 32768)
        weights = torch.tensor(file["weights"][()]).double().reshape(TRANSFORM // 2 + 1, -1)
    margin = (TRANSFORM - WINDOW) // 2
    spectrum = torch.stft(
        torch.nn.functional.pad(signal, (margin, margin)), TRANSFORM, HOP, WINDOW,
        torch.hann_window(WINDOW, periodic=True, dtype=torch.float64), center=False,
        return_complex=True,
    )
    values = (spectrum.abs() ** 2).T @ weights
    result = values.clamp_min(FLOOR).log()
    print(result.shape, result.mean())
    with h5py.File(folder / "powermel.h5", "w", libver=("v110", "v110")) as file:
        file["logmel"] = result.flatten()[::STRIDE].numpy().astype("<f4")


if __name__ == "__main__":
    main()
