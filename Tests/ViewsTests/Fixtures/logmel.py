"""Writes logmel.h5: COLA's log-mel spectrogram of a real clip, computed by TensorFlow.

Usage: logmel.py CLIP.wav [logmel.h5], with a mono clip at 16 kHz. The fixture's clip is two seconds
of 4-166661-A-10.wav (rain; freesound.org clip 166661) from ESC-10, the part of ESC-50 (K. J. Piczak,
2015) under CC BY 3.0, resampled to 16 kHz. Made with tensorflow 2.21.
"""

import sys

import h5py
import numpy as np
import soundfile
import tensorflow as tf

samples, rate = soundfile.read(sys.argv[1], dtype="int16")
assert rate == 16000 and samples.ndim == 1
samples = samples[16000:48000]


def log_mel(signal, bins=128):
    """As COLA's `extract_log_mel_spectrogram` (google-research/cola), with the paper's bins."""
    spectrum = tf.abs(tf.signal.stft(signal, 400, 160, 1024, window_fn=tf.signal.hann_window))
    weights = tf.signal.linear_to_mel_weight_matrix(bins, 513, 16000, 60.0, 7800.0)
    return tf.math.log(tf.maximum(tf.matmul(spectrum, weights), 1e-5)), weights


values, weights = log_mel(tf.constant(samples, tf.float32) / 32768)
with h5py.File(sys.argv[2] if len(sys.argv) > 2 else "logmel.h5", "w") as file:
    file.create_dataset("samples", data=samples.astype(np.int16), compression=9, shuffle=True)
    file.create_dataset("logmel", data=values.numpy(), compression=9, shuffle=True)
    file.create_dataset("weights", data=weights.numpy(), compression=9, shuffle=True)
