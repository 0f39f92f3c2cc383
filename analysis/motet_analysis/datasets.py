"""The paper's names of data sets, and the sample stores that go by them."""

#: The stores of a name: the set itself, then what stands in for it in `jobs/small`.
STORES = {
    "TINET": ("tinyimagenet",),
    "C-10": ("cifar10",),
    "Epic.K": ("epicsounds", "esc50"),
    "VGG.A": ("vggsound", "fsdd"),
    "KS2": ("speechcommands",),
    "ADVANCE": ("advance",),
    "MNIST+FSSD": ("mnist-fsdd",),
}

VISION = ("TINET", "C-10")
AUDIO = ("Epic.K", "VGG.A", "KS2")


def paper_names(stores: set[str]) -> dict[str, str]:
    """The paper's name of each of these stores that has one. A stand-in has none where the set
    itself is there."""
    names = {}
    for name, own in STORES.items():
        present = [store for store in own if store in stores]
        if present:
            names[present[0]] = name
    return names


def stand_ins(names: dict[str, str]) -> dict[str, str]:
    """Of `paper_names`, the stores that stand in for another set, by the paper's name."""
    return {name: store for store, name in names.items() if STORES[name][0] != store}
