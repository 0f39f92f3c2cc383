"""Writes fedadam.h5: three rounds of FedAdam (`adaptive_server.py`), in NumPy and float64.

v <- beta2 v + (1 - beta2) D^2.
"""

import adaptive_server
from federation import Vector

BETA2 = 0.99


def second(v: Vector, square: Vector) -> Vector:
    return BETA2 * v + (1 - BETA2) * square


if __name__ == "__main__":
    adaptive_server.write(__file__, 0.9, second, beta2=BETA2)
