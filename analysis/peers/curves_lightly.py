"""A method of lightly's CIFAR-10 benchmark in PyTorch: loss and kNN accuracy after each epoch.

The twin of jobs/curves/cifar10.yaml. Prints a line of JSON for each epoch, epoch 0 being the
untrained network. Each epoch's state goes into `--state`, from which the same command continues,
after it has printed the lines of before; an epoch's random numbers depend on seed and epoch alone.

    python curves_lightly.py simclr --data data/cifar10.h5 --state simclr.pt > simclr.jsonl
"""

import argparse
import json
import math
import os
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from curves_data import Split, TrainingViews, evaluation_views, load
from curves_recipe import (
    BATCH,
    METHODS,
    MOMENTUM,
    SCHEDULE,
    VARIANTS,
    WEIGHT_DECAY,
    Learner,
)
from environment import restart_if_needed
from knn_pytorch import predict

K = 200
#: Images, or queries, at a time where nothing is learned.
BLOCK = 250


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("method", choices=list(METHODS))
    parser.add_argument("--variant", choices=VARIANTS, default="motet",
                        help="what Motet's job says, or the benchmark as it was published")
    parser.add_argument("--data", type=Path, required=True,
                        help="a sample store, or a folder of CIFAR-10's binary batches")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0,
                        help="images of each split, for trials; 0 for all")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--state", type=Path, help="where to continue from, and to save")
    return parser.parse_args()


class Run:
    """A learner, its optimizer, and the lines of the epochs so far."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.seed: int = arguments.seed
        self.constant = arguments.variant == "motet"
        self.settings = {
            "method": arguments.method, "variant": arguments.variant, "seed": self.seed,
            "limit": arguments.limit, "torch": version("torch"), "lightly": version("lightly")}
        training, test = load(arguments.data)
        self.training = training.first(arguments.limit)
        self.test = test.first(arguments.limit)
        self.views = TrainingViews()
        torch.manual_seed(self.seed)
        self.learner: Learner = METHODS[arguments.method](arguments.variant)
        self.learner.to(memory_format=self.learner.memory_format)
        self.optimizer = torch.optim.SGD(
            [p for p in self.learner.parameters() if p.requires_grad], lr=self.learner.rate,
            momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)
        self.lines: list[dict[str, Any]] = []

    def train(self, epoch: int) -> float:
        """An epoch, counted from 1; returns the mean loss of its steps."""
        torch.manual_seed(self.seed * 1_000_003 + epoch)
        if not self.constant:
            for group in self.optimizer.param_groups:
                falling = 0.5 * (1 + math.cos(math.pi * (epoch - 1) / SCHEDULE))
                group["lr"] = self.learner.rate * falling
        self.learner.train()
        losses = []
        for part in torch.randperm(len(self.training.images)).split(BATCH):
            if len(part) < BATCH:
                break
            images = self.training.images[part.numpy()]
            first, second = (
                self.views(images).to(memory_format=self.learner.memory_format) for _ in range(2))
            self.optimizer.zero_grad()
            loss = self.learner.loss(first, second)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        return sum(losses) / len(losses)

    @torch.no_grad()
    def features(self, split: Split) -> Tensor:
        self.learner.eval()
        parts = []
        for start in range(0, len(split.images), BLOCK):
            views = evaluation_views(split.images[start:start + BLOCK])
            parts.append(
                self.learner.backbone(views.to(memory_format=self.learner.memory_format)))
        return normalize(torch.cat(parts))

    def accuracy(self) -> float:
        """Of weighted kNN, in percent."""
        bank, queries = self.features(self.training), self.features(self.test)
        answers = predict(bank, self.training.labels, queries, min(K, len(bank)), BLOCK)
        return 100 * (answers == self.test.labels).double().mean().item()

    def advance(self) -> None:
        """One more epoch; the first one is without training."""
        epoch = len(self.lines)
        start = time.perf_counter()
        loss = self.train(epoch) if epoch > 0 else None
        middle = time.perf_counter()
        knn = self.accuracy()
        self.lines.append(self.settings | {
            "epoch": epoch, "loss": loss, "knn": knn, "seconds_training": middle - start,
            "seconds_knn": time.perf_counter() - middle})

    def save(self, path: Path) -> None:
        beside = path.with_name(path.name + ".new")
        torch.save({
            "learner": self.learner.state_dict(), "optimizer": self.optimizer.state_dict(),
            "lines": self.lines}, beside)
        os.replace(beside, path)

    def resume(self, path: Path) -> None:
        state = torch.load(path, weights_only=True)
        for key in ("method", "variant", "seed", "limit"):
            if state["lines"][0][key] != self.settings[key]:
                raise SystemExit(
                    f"{path} is of {key} {state['lines'][0][key]}, not {self.settings[key]}")
        self.learner.load_state_dict(state["learner"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.lines = state["lines"]


def main() -> None:
    arguments = read_arguments()
    restart_if_needed(arguments.threads, tuned=True)
    torch.set_num_threads(arguments.threads)
    run = Run(arguments)
    if arguments.state and arguments.state.exists():
        run.resume(arguments.state)
    for line in run.lines:
        print(json.dumps(line), flush=True)
    while len(run.lines) <= arguments.epochs:
        run.advance()
        if arguments.state:
            run.save(arguments.state)
        print(json.dumps(run.lines[-1]), flush=True)


if __name__ == "__main__":
    main()
