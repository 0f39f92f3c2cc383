"""Log-mel views of sounds in PyTorch and librosa, as Motet's sound views are.

Frames of 400 samples every 160, a periodic Hann window, an FFT of 1024, magnitude, 128 filters
from 60 to 7,800 Hz, logarithm, 198 frames interpolated to 128. torchaudio's MelSpectrogram does
the same steps by the same PyTorch calls.
"""

import librosa
import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

RATE, SEGMENT = 16_000, 32_000
WINDOW, HOP, FFT = 400, 160, 1024
BINS, LOW, HIGH = 128, 60.0, 7_800.0
MEAN, DEVIATION = -3.0, 3.0
MASK, NOISE = 40, 0.25
SHORTEST, HISS = 0.08, 0.0056


def mel_filters() -> Tensor:
    """[513, 128]: triangles on the HTK scale, linear in mel, peak 1, without the DC bin."""
    def mel(hertz: Tensor) -> Tensor:
        return 1127 * torch.log1p(hertz / 700)

    places = mel(torch.linspace(0, RATE / 2, FFT // 2 + 1, dtype=torch.float64))[:, None]
    low, high = mel(torch.tensor([LOW, HIGH], dtype=torch.float64)).tolist()
    edges = torch.linspace(low, high, BINS + 2, dtype=torch.float64)
    rising = (places - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - places) / (edges[2:] - edges[1:-1])
    filters = torch.minimum(rising, falling).clamp(min=0)
    filters[0] = 0
    return filters.float()


FILTERS = mel_filters()
HANN = torch.hann_window(WINDOW)


def log_mel(segments: Tensor) -> Tensor:
    """From [N, 32000] to [N, 198, 128]: time, then frequency."""
    frames = segments.unfold(1, WINDOW, HOP) * HANN
    spectrum = torch.fft.rfft(frames, n=FFT).abs()
    return (spectrum @ FILTERS).clamp_(min=1e-5).log_()


def librosa_log_mel(segment: np.ndarray, side: int) -> Tensor:
    """One segment of 32,000 values by librosa; its frames are 1024 samples, so 194 of them."""
    mel = librosa.feature.melspectrogram(
        y=segment, sr=RATE, n_fft=FFT, hop_length=HOP, win_length=WINDOW, center=False, power=1,
        n_mels=BINS, fmin=LOW, fmax=HIGH, htk=True, norm=None,
    )
    return resize(torch.from_numpy(np.log(np.maximum(mel, 1e-5))).T[None], side)


def resize(mel: Tensor, side: int) -> Tensor:
    """[N, frames, 128] to pictures [N, 3, side, side]: rows are frequency, columns time."""
    picture = interpolate(mel.transpose(1, 2), size=side, mode="linear").sub_(MEAN).div_(DEVIATION)
    return picture[:, None].expand(-1, 3, -1, -1)


def random_segments(clips: Tensor) -> Tensor:
    """Two seconds each of Int16 clips [N, samples]."""
    starts = torch.randint(clips.shape[1] - SEGMENT + 1, (len(clips), 1))
    return clips.gather(1, starts + torch.arange(SEGMENT)).float().div_(32_768)


def sound_views(clips: Tensor, preset: str, side: int) -> Tensor:
    """Training views [N, 3, side, side] of Int16 clips [N, samples]."""
    segments = random_segments(clips)
    if preset == "waveform":
        segments = keep_part(segments)
    picture = resize(log_mel(segments), side)
    if preset == "spectral":
        plane = mask(picture[:, 0].clone())
        picture = plane.add_(torch.randn_like(plane), alpha=NOISE)[:, None].expand(-1, 3, -1, -1)
    return picture.contiguous(memory_format=torch.channels_last)


def mask(plane: Tensor) -> Tensor:
    """A band of frequencies and a stretch of time to the mean, which is 0."""
    count, side, _ = plane.shape
    places = torch.arange(side)
    for shape in ((count, side, 1), (count, 1, side)):
        width = torch.randint(MASK + 1, (count, 1))
        start = (torch.rand(count, 1) * (side - width + 1)).floor()
        inside = (places >= start) & (places < start + width)
        plane.masked_fill_(inside.view(shape), 0)
    return plane


def keep_part(segments: Tensor) -> Tensor:
    """A random part is kept, the rest is silent; noise."""
    count, samples = segments.shape
    length = ((torch.rand(count, 1) * (1 - SHORTEST) + SHORTEST) * samples).round()
    start = (torch.rand(count, 1) * (samples - length + 1)).floor()
    places = torch.arange(samples)
    segments *= (places >= start) & (places < start + length)
    return segments.add_(torch.randn_like(segments), alpha=HISS)
