"""Clients that have a target network of their own, in NumPy: what fedu.py and fedema.py share.

The network's fc is the predictor; the target has all other entries. A step's gradient has
PULL (w - target) beside the quadratic loss's, and after each step the target's trainable entries
are 0.75 target + 0.25 w. A client's first target is the global model.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import small_network as net
from federation import Vector

PULL = 0.5
INERTIA = 0.75
PREDICTOR = net.mask("fc.")


def distance(a: Vector, b: Vector) -> float:
    """The mean of the l2 distances of the convolutions' weights, of which there is one."""
    weights = net.mask("conv1.")
    return float(np.linalg.norm((a.astype(float) - b)[weights]))


class OwnTarget(federation.FedAvg):
    def __init__(self, dtype: type) -> None:
        super().__init__(dtype)
        self.targets: dict[int, Vector] = {}

    def descend(self, client: int, start: Vector, target: Vector) -> Vector:
        """Trains from `start`, with a target that becomes the client's own."""
        step = 0

        def pulled(gradient: Vector, model: Vector) -> Vector:
            nonlocal target, step
            # The target has followed the steps before this one.
            if step > 0:
                moved = INERTIA * target + (1 - INERTIA) * model
                target = federation.with_trainable(moved, target)
            step += 1
            return np.where(PREDICTOR, gradient, gradient + PULL * (model - target))

        model = federation.descend(client, start, pulled)
        if step > 0:
            moved = INERTIA * target + (1 - INERTIA) * model
            self.targets[client] = federation.with_trainable(moved, target)
        return model
