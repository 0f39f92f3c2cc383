"""What a client does in PyTorch: the same code for Flower's rounds and for pfl-research's.

A ResNet-18 of torchvision, channels last, fc to 128; two views of each batch, one after the
other through the network; NT-Xent; SGD. Clients are equal parts of a Motet sample store.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import h5py
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from image_views import batched_views
from step_pytorch import nt_xent

RATE, MOMENTUM, WEIGHT_DECAY = 0.03, 0.9, 1e-4


class SimCLR(nn.Module):
    def __init__(self, input: int) -> None:
        super().__init__()
        self.input = input
        self.encoder = resnet18(num_classes=128).to(memory_format=torch.channels_last)
        #: Of the batches so far; who reads them clears them.
        self.losses: list[float] = []

    def loss(self, images: Tensor) -> Tensor:
        """NT-Xent of two views of UInt8 images [N, H, W, 3]."""
        first, second = (self.encoder(batched_views(images, self.input)) for _ in range(2))
        loss = nt_xent(first, second)
        self.losses.append(loss.item())
        return loss

    def metrics(self, images: Tensor) -> dict[str, Any]:
        """Nothing: pfl-research evaluates in its first round whatever it is told."""
        return {}


def make_model(input: int) -> SimCLR:
    """The same weights in every process."""
    torch.manual_seed(1)
    return SimCLR(input).train()


def make_optimizer(parameters: Iterable[nn.Parameter], lr: float = RATE) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=lr, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY)


def train_one_epoch(model: SimCLR, images: Tensor, batch: int) -> float:
    """Returns the mean loss of the batches; the last may be smaller."""
    optimizer = make_optimizer(model.parameters())
    model.losses.clear()
    for part in images[torch.randperm(len(images))].split(batch):
        optimizer.zero_grad()
        model.loss(part).backward()
        optimizer.step()
    return sum(model.losses) / len(model.losses)


@lru_cache(maxsize=1)
def load_images(store: str) -> Tensor:
    """All training images of a sample store, UInt8 [N, H, W, 3]; read once a process."""
    with h5py.File(store) as file:
        return torch.from_numpy(file["train/image/pixels"][()])


def client_images(store: str, client: int, clients: int) -> Tensor:
    return load_images(store)[client::clients]


def contiguous_state(model: nn.Module) -> dict[str, Any]:
    """Weights and BatchNorm statistics as plain arrays, which are serialised faster."""
    return {name: value.contiguous() for name, value in model.state_dict().items()}
