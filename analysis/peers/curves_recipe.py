"""The five methods of lightly's CIFAR-10 benchmark with batch 512: networks, losses, rates.

Heads, losses, target updates and MoCo's queue are lightly's own. A method comes in two variants:
`motet` is what jobs/curves/cifar10.yaml says, `lightly` is the benchmark as its published curve
was made. They differ in what the job's head lists: the backbone (torchvision's with a 3x3 stem
and no maximum, or lightly's, which has no ReLU behind the stem), MoCo's BatchNorm (whole views,
or 8 parts) and SimSiam's last BatchNorm.

Source: lightly-ai/lightly, docs/source/getting_started/benchmarks/cifar10_benchmark.py at 6618fa3.
"""

import copy
from abc import ABC, abstractmethod
from typing import Any

import torch
from lightly.loss import BarlowTwinsLoss, NegativeCosineSimilarity, NTXentLoss
from lightly.models import ResNetGenerator
from lightly.models.modules import heads
from lightly.models.utils import batch_shuffle, batch_unshuffle, deactivate_requires_grad
from lightly.models.utils import update_momentum
from torch import Tensor, nn
from torchvision.models import resnet18

VARIANTS = ("motet", "lightly")
BATCH = 512
#: 0.06 for 128 samples, in proportion.
RATE = 0.06 * BATCH / 128
MOMENTUM, WEIGHT_DECAY = 0.9, 5e-4
#: Epochs over which the published runs' cosine falls.
SCHEDULE = 800
FEATURES = 512
#: How much of a target network stays in a step.
TARGET = 0.99
QUEUE = 8192
SPLITS = 8


def torchvision_backbone() -> nn.Module:
    network = resnet18()
    network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)
    # As torchvision begins all its convolutions.
    nn.init.kaiming_normal_(network.conv1.weight, mode="fan_out", nonlinearity="relu")
    network.maxpool = nn.Identity()
    network.fc = nn.Identity()
    return network


def lightly_backbone(splits: int = 0) -> nn.Module:
    """The network's children in a row, which leaves out what its forward pass has between them."""
    children = list(ResNetGenerator("resnet-18", num_splits=splits).children())[:-1]
    return nn.Sequential(*children, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def two_layers(hidden: int, output: int, last_norm: nn.Module | None = None) -> nn.Module:
    """Linear, BatchNorm, ReLU, Linear, and what may follow: lightly's two layers for CIFAR-10."""
    return heads.ProjectionHead([
        (FEATURES, hidden, nn.BatchNorm1d(hidden), nn.ReLU(inplace=True)),
        (hidden, output, last_norm, None),
    ])


class Learner(nn.Module, ABC):
    """A network that learns from two views of each image, which go through it one by one."""

    rate = RATE
    #: Parts of a batch that BatchNorm sees by themselves; lightly's layer for them cannot do with
    #: channels last in memory.
    splits = 0

    def __init__(self, variant: str) -> None:
        super().__init__()
        self.is_motet = variant == "motet"
        self.backbone = torchvision_backbone() if self.is_motet else lightly_backbone(self.splits)
        plain = self.splits > 0 and not self.is_motet
        self.memory_format = torch.contiguous_format if plain else torch.channels_last

    @abstractmethod
    def loss(self, first: Tensor, second: Tensor) -> Tensor: ...


class SimCLR(Learner):
    def __init__(self, variant: str) -> None:
        super().__init__(variant)
        # The head has BatchNorm since April 2023 (lightly #1150); the curve is older.
        self.head = heads.SimCLRProjectionHead(FEATURES, 512, 128, batch_norm=False)
        self.criterion = NTXentLoss(temperature=0.5)

    def loss(self, first: Tensor, second: Tensor) -> Tensor:
        return self.criterion(*(self.head(self.backbone(view)) for view in (first, second)))


class BarlowTwins(Learner):
    """Its loss divides by the biased deviation; that of the curve's time did by the unbiased one,
    which is a factor of 511/512 on correlations."""

    def __init__(self, variant: str) -> None:
        super().__init__(variant)
        self.head = two_layers(2048, 2048)
        self.criterion = BarlowTwinsLoss(lambda_param=0.005)

    def loss(self, first: Tensor, second: Tensor) -> Tensor:
        return self.criterion(*(self.head(self.backbone(view)) for view in (first, second)))


class SimSiam(Learner):
    #: Not in proportion to the batch.
    rate = 0.06

    def __init__(self, variant: str) -> None:
        super().__init__(variant)
        self.head = two_layers(2048, 2048, nn.BatchNorm1d(2048, affine=not self.is_motet))
        self.predictor = heads.SimSiamPredictionHead(2048, 512, 2048)
        self.criterion = NegativeCosineSimilarity()

    def loss(self, first: Tensor, second: Tensor) -> Tensor:
        z = [self.head(self.backbone(view)) for view in (first, second)]
        p = [self.predictor(projection) for projection in z]
        return (self.criterion(p[0], z[1].detach()) + self.criterion(p[1], z[0].detach())) / 2


class WithTarget(Learner):
    """A learner with a second network that follows the first."""

    def follow(self, head: nn.Module) -> None:
        """Makes the target, a copy of what is there."""
        self.online = nn.Sequential(self.backbone, head)
        self.target = copy.deepcopy(self.online)
        deactivate_requires_grad(self.target)

    def move_target(self) -> None:
        update_momentum(self.online, self.target, TARGET)


class BYOL(WithTarget):
    def __init__(self, variant: str) -> None:
        super().__init__(variant)
        self.follow(heads.BYOLProjectionHead(FEATURES, 1024, 256))
        self.predictor = heads.BYOLPredictionHead(256, 1024, 256)
        self.criterion = NegativeCosineSimilarity()

    def loss(self, first: Tensor, second: Tensor) -> Tensor:
        self.move_target()
        p = [self.predictor(self.online(view)) for view in (first, second)]
        with torch.no_grad():
            z = [self.target(view) for view in (first, second)]
        return (self.criterion(p[0], z[1]) + self.criterion(p[1], z[0])) / 2


class MoCo(WithTarget):
    splits = SPLITS

    def __init__(self, variant: str) -> None:
        super().__init__(variant)
        self.follow(heads.MoCoProjectionHead(FEATURES, 512, 128))
        self.criterion = NTXentLoss(temperature=0.1, memory_bank_size=(QUEUE, 128))

    def loss(self, first: Tensor, second: Tensor) -> Tensor:
        self.move_target()
        return (self.contrast(first, second) + self.contrast(second, first)) / 2

    def contrast(self, queries: Tensor, keys: Tensor) -> Tensor:
        # Shuffled, so that a query and its key share no part of BatchNorm's.
        shuffled, order = batch_shuffle(keys)
        with torch.no_grad():
            found = batch_unshuffle(self.target(shuffled), order)
        return self.criterion(self.online(queries), found)

    def get_extra_state(self) -> dict[str, Tensor]:
        """The queue, which lightly leaves out of a module's state."""
        bank = self.criterion.memory_bank
        return {"bank": bank.bank, "next": bank.bank_ptr}

    def set_extra_state(self, state: Any) -> None:
        bank = self.criterion.memory_bank
        bank.bank, bank.bank_ptr = state["bank"], state["next"]


METHODS: dict[str, type[Learner]] = {
    "simclr": SimCLR,
    "barlowtwins": BarlowTwins,
    "byol": BYOL,
    "moco": MoCo,
    "simsiam": SimSiam,
}
