"""Writes modalitywise.h5: three rounds of averaging by modality, in NumPy and float64.

An entry that a rule binds to a modality is the mean over the round's clients by their samples of that
modality, and stays as it was where none of them has any; all others are the mean by all samples. No
client of round 2 has sounds.

`modalities/NAME` has each client's samples of a modality; a variant's rules stand in the test.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import federation
import reference as ref
import small_network as net
from federation import Vector

MODALITIES = {"image": [6, 0, 0, 40, 20], "audio": [4, 0, 30, 0, 0]}

#: By variant, what is bound to a modality: beginnings of names, the first that fits counts.
VARIANTS = {
    "norms": {"bn1.": "image"},
    "both": {"bn1.running": "audio", "bn1.": "image", "fc.": "audio"},
    "rest": {"conv1.": "all", "": "audio"},
}


def of_clients(models: dict[int, Vector], samples: list[int], start: Vector) -> Vector:
    """The clients' mean by these samples, in float64."""
    total = sum(samples[client] for client in models)
    if total == 0:
        return start.astype(float)
    return sum(samples[client] / total * models[client].astype(float) for client in models)


def algorithm(rules: dict[str, str]) -> type:
    class Modalitywise(federation.FedAvg):
        def finish(self, models: dict[int, Vector], start: Vector) -> Vector:
            samples = {"all": federation.SAMPLES} | MODALITIES
            means = {scope: of_clients(models, samples[scope], start) for scope in samples}
            result = means["all"]
            for prefix, scope in reversed(rules.items()):
                result = np.where(net.mask(prefix), means[scope], result)
            return result.astype(self.dtype)

    return Modalitywise


def main() -> None:
    with ref.create_beside(__file__) as file:
        federation.write_federation(file)
        for name, samples in MODALITIES.items():
            file.create_dataset(f"modalities/{name}", data=np.array(samples, "<i4"))
        for name, rules in VARIANTS.items():
            federation.write_variant(file, name, algorithm(rules))


if __name__ == "__main__":
    main()
