"""Writes fedadagrad.h5: three rounds of FedAdagrad (`adaptive_server.py`), in NumPy and float64.

v <- v + D^2.
"""

import adaptive_server
from federation import Vector


def second(v: Vector, square: Vector) -> Vector:
    return v + square


if __name__ == "__main__":
    adaptive_server.write(__file__, 0.5, second)
