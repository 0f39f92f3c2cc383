"""What all pictures share."""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from motet_analysis.errors import InputError

#: Distinct to colour-blind eyes: Okabe and Ito's, those that are light or black exchanged for
#: others, so that all have a contrast of 3 to 1 with white paper and with a dark page.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#C868A0", "#9A7D0A", "#8A63D2", "#7F7F7F", "#1593AB")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
#: Of what is no series.
GREY = "#7F7F7F"


def colour(index: int) -> str:
    """The colour of a series by its place."""
    return COLOURS[index % len(COLOURS)]


def marker(index: int) -> str:
    """The marker of a series by its place."""
    return MARKERS[index % len(MARKERS)]


def dashes(index: int) -> str:
    """The line of a series by its place: where colours come again they are dashed."""
    return ("-", "--", "-.")[index // len(COLOURS) % 3]


def panels(rows: int, columns: int, width: float = 3.6, height: float = 3.0) -> Figure:
    """An empty figure of so many panels."""
    return Figure(figsize=(width * columns, height * rows), layout="constrained")


def legend_below(figure: Figure, columns: int = 4) -> None:
    """One legend of all panels, under them."""
    handles = {
        label: handle
        for axes in figure.axes
        for handle, label in zip(*axes.get_legend_handles_labels())
    }
    # Outside of the figure: what is saved grows by it.
    figure.legend(
        handles.values(), handles.keys(), loc="upper center", bbox_to_anchor=(0.5, 0),
        ncol=min(columns, len(handles)), fontsize=8,
    )


def check(path: Path) -> None:
    """Whether a picture can go there: before it is made."""
    if path.suffix not in (".png", ".svg", ".pdf"):
        raise InputError(f"{path}: give a .png, .svg or .pdf file")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")


def save(figure: Figure, path: Path) -> None:
    """As PNG, SVG or PDF, by the path's ending."""
    check(path)
    # Nothing of the moment in the bytes: the same results are the same picture.
    metadata = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(path.suffix)
    with rc_context({"svg.hashsalt": "motet"}):
        figure.savefig(path, dpi=110, bbox_inches="tight", metadata=metadata)

