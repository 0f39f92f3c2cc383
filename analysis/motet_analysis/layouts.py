"""Where the paper's tables have which measurement."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from motet_analysis.datasets import AUDIO, VISION


@dataclass(frozen=True)
class Source:
    """What decides a measurement's place."""

    task: str
    figure: str
    #: The paper's name of the data set.
    data: str
    method: str
    arch: str
    ssl: str
    #: Whether two runs give the features.
    joins: bool


Place = Callable[[Source], tuple[str, str] | None]


@dataclass(frozen=True)
class Layout:
    """A table of the paper."""

    name: str
    title: str
    #: Row and column of a measurement; nil where the table has none of its kind.
    place: Place
    #: Columns that are the mean of others.
    averages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: The paper's columns that say how a row came to be.
    settings: tuple[str, ...] = ()
    #: What the paper compares: what is in the name of a row or a column, and what is in its place
    #: in that of the other.
    contrasts: tuple[tuple[str, str], ...] = ()


_TASKS = {"knn": "KNN", "linear": "L.P", "finetune": "F.T"}
_ROLES = {"accuracy_image": "V", "accuracy_audio": "A", "accuracy_joined": "A+V"}


def _by_task(sets: tuple[str, ...]) -> Place:
    def place(source: Source) -> tuple[str, str] | None:
        if source.figure != "accuracy" or source.data not in sets or source.task not in _TASKS:
            return None
        return f"{source.method} {source.arch}", f"{_TASKS[source.task]} {source.data}"

    return place


def _by_set(task: str) -> Place:
    def place(source: Source) -> tuple[str, str] | None:
        is_own = source.figure == "accuracy" and source.task == task
        return (f"{source.method} {source.arch}", source.data) if is_own else None

    return place


def _table4(source: Source) -> tuple[str, str] | None:
    # An expert model is measured on its own modality, FSSUAVL by the mean of both logits.
    own = {"FVSSL": "V", "FASSL": "A", "FSSUAVL": "A+V"}.get(source.method)
    if source.task != "paired" or _ROLES.get(source.figure) != own:
        return None
    return source.arch, f"{source.data} {source.method}"


def _table5(source: Source) -> tuple[str, str] | None:
    role = _ROLES.get(source.figure)
    if source.task != "joined" or role is None:
        return None
    method = "FASSL + FVSSL" if source.joins else source.method
    own = {"FVSSL": ("V",), "FASSL": ("A",), "FASSL + FVSSL": ("A+V",)}
    if role not in own.get(method, ("V", "A", "A+V")):
        return None
    return method, f"{source.data} {source.arch} {role}"


def _table7(source: Source) -> tuple[str, str] | None:
    if source.task != "knn" or source.figure != "accuracy":
        return None
    return f"FSSUAVL {source.arch} {source.ssl}", source.data


def _task_averages(sets: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {
        f"{task} Avg.": tuple(f"{task} {data}" for data in sets) for task in _TASKS.values()
    }


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout(
            "table2", "Table 2: image recognition", _by_task(VISION), _task_averages(VISION),
            contrasts=(("FVSSL", "FSSUAVL"),)),
        Layout(
            "table3", "Table 3: sound recognition", _by_task(AUDIO), _task_averages(AUDIO),
            contrasts=(("FASSL", "FSSUAVL"),)),
        Layout(
            "table4", "Table 4: pairs, mean of logits", _table4,
            contrasts=(("FVSSL", "FSSUAVL"), ("FASSL", "FSSUAVL"))),
        Layout(
            "table5", "Table 5: pairs, kNN on joined features", _table5,
            settings=("P.T.D", "Parameters (R-18/ViT)"),
            contrasts=(
                ("FVSSL", "FSSUAVL"), ("FASSL", "FSSUAVL"), ("FASSL + FVSSL", "FSSUAVL"))),
        Layout(
            "table6", "Table 6: clients of one modality, and thirds", _by_set("knn"),
            settings=(
                "Clients w/ Audio only", "Clients w/ Image only", "Clients w/ Audio & Image"),
            contrasts=(("Model-Comb.", "FSSUAVL"),)),
        Layout(
            "table7", "Table 7: SimCLR and Barlow Twins", _table7,
            {"Avg. (vision)": VISION, "Avg. (audio)": AUDIO},
            contrasts=(("SimCLR", "Barlow Twins"),)),
        Layout(
            "table8", "Table 8: other federated methods, linear probe", _by_set("linear"),
            settings=("P.T.D.",),
            contrasts=tuple(
                (other, "FSSUAVL")
                for other in (
                    "ORCHESTRA", "FedEMA", "L-DAWA", "FedU", "FedAnchor", "Rehman et al.")
            )),
    )
}
