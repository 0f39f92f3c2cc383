"""Rounds of FedAvg in pfl-research, timed.

torchrun starts a process a core with one thread; they add updates by gloo. PyTorch channels
last, allocator tuned. `python round_pfl.py --store images.h5` or `--null --clients 100` prints
one line of JSON. pfl-research averages trainable parameters; BatchNorm's running statistics stay
with each process.
"""

import itertools
import json
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np
import torch

from client_pytorch import RATE, client_images, make_model, make_optimizer
from round_settings import RoundSettings, read_settings

VARIABLES = {"PFL_PYTORCH_DEVICE": "cpu", "GLOO_SOCKET_IFNAME": "lo"}


def start_processes(settings: RoundSettings) -> None:
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone",
        f"--nproc_per_node={settings.workers}", *sys.argv,
    ]
    sys.exit(subprocess.run(command, check=False).returncode)


def run_rounds(settings: RoundSettings) -> tuple[list[float], list[float]]:
    """Seconds of each round, and this process's mean losses; warm-up first."""
    # Imported here: pfl joins its processes as it is imported.
    from pfl.aggregate.simulate import SimulatedBackend
    from pfl.aggregate.weighting import WeightByDatapoints
    from pfl.algorithm.base import NNAlgorithmParams
    from pfl.algorithm.federated_averaging import FederatedAveraging
    from pfl.callback.base import TrainingProcessCallback
    from pfl.data.dataset import Dataset
    from pfl.data.federated_dataset import FederatedDataset
    from pfl.data.sampling import get_user_sampler
    from pfl.hyperparam.base import NNEvalHyperParams, NNTrainHyperParams
    from pfl.metrics import Metrics
    from pfl.model.pytorch import PyTorchModel

    ends: list[float] = []
    losses: list[float] = []

    class Clock(TrainingProcessCallback):
        def on_train_begin(self, *, model: Any) -> Metrics:
            ends.append(time.perf_counter())
            return Metrics()

        def after_central_iteration(
            self, aggregate_metrics: Any, model: Any, *, central_iteration: int
        ) -> tuple[bool, Metrics]:
            ends.append(time.perf_counter())
            if network.losses:
                losses.append(sum(network.losses) / len(network.losses))
                network.losses.clear()
            return False, Metrics()

    class Null(FederatedAveraging):
        def train_one_user(
            self, initial_model_state: Any, model: Any, user_dataset: Any, central_context: Any
        ) -> tuple[Any, Metrics]:
            return model.get_model_difference(initial_model_state), Metrics()

    def make_dataset(client: int) -> Dataset:
        if settings.null:
            images = torch.zeros(1, 1)
        else:
            images = client_images(str(settings.store), client, settings.clients)
            if len(ends) <= settings.warmup:
                images = images[: settings.warmup_samples]
        return Dataset((images[torch.randperm(len(images))],), user_id=str(client))

    network = make_model(settings.input)
    # Users are drawn alike in all processes.
    np.random.seed(1)
    data = FederatedDataset(
        make_dataset, get_user_sampler("minimize_reuse", list(range(settings.clients))))
    backend = SimulatedBackend(
        training_data=data, val_data=data, postprocessors=[WeightByDatapoints()])
    algorithm = Null() if settings.null else FederatedAveraging()
    rounds = settings.warmup + settings.rounds
    algorithm.run(
        NNAlgorithmParams(
            central_num_iterations=rounds, evaluation_frequency=rounds + 1,
            train_cohort_size=settings.clients, val_cohort_size=None),
        backend,
        PyTorchModel(network, make_optimizer, torch.optim.SGD(network.parameters(), lr=1.0)),
        NNTrainHyperParams(
            local_batch_size=settings.batch, local_num_epochs=1, local_learning_rate=RATE),
        NNEvalHyperParams(local_batch_size=settings.batch),
        [Clock()], send_metrics_to_platform=False,
    )
    return [end - start for start, end in itertools.pairwise(ends)], losses


def main() -> None:
    settings = read_settings(__doc__, VARIABLES)
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        start_processes(settings)
    torch.set_num_threads(1)
    seconds, losses = run_rounds(settings)
    if os.environ["RANK"] == "0":
        from importlib.metadata import version

        print(json.dumps({
            "framework": "pfl-research", "pfl": version("pfl"), "torch": torch.__version__,
            "clients": settings.clients, "workers": settings.workers,
            "seconds": seconds[settings.warmup :], "losses": losses[settings.warmup :],
        }))


if __name__ == "__main__":
    main()
