"""Rounds of FedAvg in Flower's simulation, timed.

A Ray worker a core with one thread, PyTorch channels last, allocator tuned.
`python round_flower.py --store images.h5` or `--null --clients 100` prints one line of JSON.
"""

import itertools
import json
import time
from typing import Any, cast

import flwr
import ray
import torch
from flwr.app import ArrayRecord, ConfigRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation

from client_flower import null_app, training_app
from client_pytorch import contiguous_state, make_model
from round_settings import RoundSettings, read_settings

VARIABLES = {
    "FLWR_TELEMETRY_ENABLED": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
}


def train_config(settings: RoundSettings) -> ConfigRecord:
    return ConfigRecord({
        "store": str(settings.store), "batch": settings.batch, "input": settings.input,
        "warmup": settings.warmup, "warmup-samples": settings.warmup_samples,
    })


def run_rounds(settings: RoundSettings) -> tuple[list[float], list[float]]:
    """Seconds of each round, and the clients' mean losses; warm-up first."""
    ends: list[float] = []
    losses: list[float] = []
    server = ServerApp()

    def note_time(server_round: int, arrays: ArrayRecord) -> MetricRecord | None:
        """Flower calls this before the first round and after each."""
        ends.append(time.perf_counter())
        return None

    @server.main()
    def main(grid: Grid, context: Context) -> None:
        strategy = FedAvg(
            fraction_train=1.0, fraction_evaluate=0.0, min_train_nodes=settings.clients,
            min_available_nodes=settings.clients,
        )
        result = strategy.start(
            grid, ArrayRecord(contiguous_state(make_model(settings.input))),
            num_rounds=settings.warmup + settings.rounds, train_config=train_config(settings),
            evaluate_fn=note_time,
        )
        if len(result.train_metrics_clientapp) != settings.warmup + settings.rounds:
            raise RuntimeError("a round without replies of clients; see Flower's log")
        if not settings.null:
            metrics = result.train_metrics_clientapp.values()
            losses.extend(float(cast(float, record["loss"])) for record in metrics)

    run_simulation(
        server, null_app if settings.null else training_app, num_supernodes=settings.clients,
        backend_config={
            "client_resources": {"num_cpus": 1, "num_gpus": 0.0},
            "init_args": {"num_cpus": settings.workers, "include_dashboard": False},
        },
    )
    return [end - start for start, end in itertools.pairwise(ends)], losses


def main() -> None:
    settings = read_settings(__doc__, VARIABLES)
    seconds, losses = run_rounds(settings)
    report: dict[str, Any] = {
        "framework": "flower", "flwr": flwr.__version__, "ray": ray.__version__,
        "torch": torch.__version__, "clients": settings.clients, "workers": settings.workers,
        "seconds": seconds[settings.warmup :], "losses": losses[settings.warmup :],
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
