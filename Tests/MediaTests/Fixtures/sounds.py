"""Writes the small sounds in formats that tests cannot write themselves, with libsndfile (1.1 or
later, built with LAME) by way of ctypes. All have one channel of 16 kHz, and the second half of
each is silent:

- vbr.mp3: 2 s of MP3 of variable rate, whose first frame is LAME's (Xing) header;
- cbr.mp3: 2 s of MP3 of constant rate, whose frames have no room for a header;
- tone.ogg: 0.2 s of Ogg Vorbis.

Usage: python3 sounds.py
"""

import ctypes
from pathlib import Path

import numpy as np

RATE = 16_000
WRITE = 0x20
MP3, OGG = 0x230082, 0x200060
SET_COMPRESSION, SET_BITRATE_MODE = 0x1301, 0x1305
CONSTANT, VARIABLE = 0, 2


class Info(ctypes.Structure):
    _fields_ = [
        ("frames", ctypes.c_int64),
        *((name, ctypes.c_int) for name in ("rate", "channels", "format", "sections", "seekable")),
    ]


library = ctypes.CDLL("libsndfile.so.1")
library.sf_open.restype = ctypes.c_void_p
library.sf_command.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
library.sf_writef_float.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
library.sf_close.argtypes = [ctypes.c_void_p]


def write(name: str, seconds: float, kind: int, mode: int | None = None) -> None:
    count = int(seconds * RATE)
    times = np.arange(count) / RATE
    samples = np.where(times < seconds / 2, 0.5 * np.sin(2 * np.pi * 500 * times), 0)
    samples = np.ascontiguousarray(samples, dtype=np.float32)
    info = Info(0, RATE, 1, kind, 0, 0)
    path = Path(__file__).parent / name
    file = library.sf_open(str(path).encode(), WRITE, ctypes.byref(info))
    assert file, f"{name} cannot be written"
    if mode is not None:
        value = ctypes.c_int(mode)
        library.sf_command(file, SET_BITRATE_MODE, ctypes.byref(value), 4)
        level = ctypes.c_double(0.5 if mode == VARIABLE else 0.8)
        assert library.sf_command(file, SET_COMPRESSION, ctypes.byref(level), 8)
    library.sf_writef_float(file, samples.ctypes.data, count)
    library.sf_close(file)


write("vbr.mp3", 2, MP3, VARIABLE)
write("cbr.mp3", 2, MP3, CONSTANT)
write("tone.ogg", 0.2, OGG)
