"""Writes moco.h5: MoCo's loss with a queue (He et al., arXiv 1911.05722), in three batches.

The loss is symmetric, (l(q1, k2) + l(q2, k1)) / 2, each l lightly's NTXentLoss with a memory bank:
the mean cross-entropy of a query's own key against all rows of the queue. Keys have no gradient.
Queries, keys and the queue at first are `reference.noise`, and normalised before use.

`one-by-one` is lightly's order: k2 enters the queue after l(q1, k2), so that l(q2, k1) already has
it among its negatives. `together` is that of MoCo's authors: both losses see the queue that the
batch began with; then k1 enters, then k2. Rows are replaced from the first on, around and around.

Stored for each batch: losses of both directions, gradients of both views' queries (`du`, `dv`), and
the queue after it, with the row that is replaced `next`.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from lightly.loss import NTXentLoss
from torch import Tensor
from torch.nn.functional import normalize

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Fixtures"))
import reference as ref

COUNT, DIMS, BATCHES, TEMPERATURE = 8, 16, 3, 0.1


@dataclass(frozen=True)
class Case:
    name: str
    queue: int


#: Lightly wants what enters at once to divide the queue: it drops the rows beyond its end.
CASES = [Case("one-by-one", 24), Case("together", 32)]


def projections(number: int, dtype: torch.dtype) -> Tensor:
    return ref.noise_tensor(ref.seed(number), COUNT, DIMS).to(dtype)


def losses(case: Case, criterion: NTXentLoss, queries: list[Tensor], keys: list[Tensor]) -> Tensor:
    """Both directions' losses, [2]; the keys enter the queue."""
    if case.name == "one-by-one":
        return torch.stack([criterion(queries[0], keys[1]), criterion(queries[1], keys[0])])
    bank = criterion.memory_bank
    queue, row = bank.bank.clone(), bank.bank_ptr.clone()
    results = []
    for query, key in ((queries[0], keys[1]), (queries[1], keys[0])):
        results.append(criterion(query, key))
        bank.bank, bank.bank_ptr = queue.clone(), row.clone()
    bank(normalize(torch.cat(keys), dim=1), update=True)
    return torch.stack(results)


def run(case: Case, dtype: torch.dtype) -> list[dict[str, Tensor]]:
    criterion = NTXentLoss(TEMPERATURE, memory_bank_size=(case.queue, DIMS)).to(dtype)
    bank = criterion.memory_bank
    bank.bank = normalize(ref.noise_tensor(ref.seed(4100), case.queue, DIMS).to(dtype), dim=1)
    results = []
    for batch in range(BATCHES):
        first = 4110 + 10 * batch
        queries = [projections(first + view, dtype).requires_grad_() for view in range(2)]
        keys = [projections(first + 2 + view, dtype) for view in range(2)]
        directions = losses(case, criterion, queries, keys)
        directions.mean().backward()
        results.append({
            "losses": directions.detach(),
            "du": queries[0].grad,
            "dv": queries[1].grad,
            "queue": bank.bank.clone(),
            "next": bank.bank_ptr.clone(),
        })
    return results


def main() -> None:
    with ref.create_beside(__file__) as file:
        file.attrs.update(count=COUNT, dims=DIMS, batches=BATCHES, temperature=TEMPERATURE)
        for case in CASES:
            exact, single = (run(case, dtype) for dtype in (torch.float64, torch.float32))
            for batch, (values, rough) in enumerate(zip(exact, single)):
                row = values.pop("next").item()
                pairs = [(key, rough[key], values[key]) for key in values]
                ref.print_errors(f"{case.name} {values['losses'].mean():.6f}", pairs)
                group = file.create_group(f"{case.name}/{batch}")
                group.attrs["next"] = row
                group.create_dataset("losses", data=values.pop("losses").numpy())
                for key, value in values.items():
                    ref.write(group, key, value)
            file[case.name].attrs["queue"] = case.queue


if __name__ == "__main__":
    main()
