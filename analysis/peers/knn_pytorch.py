"""Weighted kNN in PyTorch, timed: the peer of `motet bench knn`.

Similarities by blocks of queries as a matrix product, topk, weights exp(s / 0.1) added by class.
"""

import argparse
import json
import time

import torch
from torch import Tensor
from torch.nn.functional import normalize

from environment import restart_if_needed

CLASSES, TEMPERATURE = 10, 0.1


def predict(bank: Tensor, labels: Tensor, queries: Tensor, k: int, block: int) -> Tensor:
    """A class for each query; lightly's knn_predict."""
    answers = []
    for part in queries.split(block):
        similarity, nearest = (part @ bank.T).topk(k, sorted=False)
        votes = torch.zeros(len(part), CLASSES)
        votes.scatter_add_(1, labels[nearest], (similarity / TEMPERATURE).exp_())
        answers.append(votes.argmax(1))
    return torch.cat(answers)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bank", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--k", type=int, default=200)
    parser.add_argument("--block", type=int, default=250, help="queries at a time")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    restart_if_needed(arguments.threads, tuned=True)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    bank = normalize(torch.randn(arguments.bank, arguments.dimension))
    labels = torch.randint(CLASSES, (arguments.bank,))
    queries = normalize(torch.randn(arguments.queries, arguments.dimension))
    predict(bank, labels, queries[: arguments.block], arguments.k, arguments.block)
    start = time.perf_counter()
    predict(bank, labels, queries, arguments.k, arguments.block)
    print(json.dumps({"seconds": time.perf_counter() - start, "torch": torch.__version__}))


if __name__ == "__main__":
    main()
