"""Writes fedyogi.h5: three rounds of FedYogi (`adaptive_server.py`), in NumPy and float64.

v <- v - (1 - beta2) D^2 sign(v - D^2).
"""

import adaptive_server
import numpy as np
from federation import Vector

BETA2 = 0.99


def second(v: Vector, square: Vector) -> Vector:
    return v - (1 - BETA2) * square * np.sign(v - square)


if __name__ == "__main__":
    adaptive_server.write(__file__, 0.9, second, beta2=BETA2)
