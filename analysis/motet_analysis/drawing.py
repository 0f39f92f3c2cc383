"""What all pictures share."""

import base64
import io
from pathlib import Path
from typing import BinaryIO

from matplotlib import rc_context
from matplotlib.figure import Figure

from motet_analysis.errors import InputError

#: Distinct to colour-blind eyes (Okabe and Ito).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def colour(index: int) -> str:
    """The colour of a series by its place."""
    return COLOURS[index % len(COLOURS)]


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
    _write(figure, path, path.suffix[1:])


def as_url(figure: Figure, kind: str = "svg") -> str:
    """The picture itself as a `data:` URL: svg for lines, png for many points."""
    memory = io.BytesIO()
    _write(figure, memory, kind)
    mime = "image/svg+xml" if kind == "svg" else "image/png"
    return f"data:{mime};base64,{base64.b64encode(memory.getvalue()).decode()}"


def _write(figure: Figure, target: Path | BinaryIO, kind: str) -> None:
    # Nothing of the moment in the bytes: the same results are the same picture.
    metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind)
    with rc_context({"svg.hashsalt": "motet"}):
        figure.savefig(target, format=kind, dpi=110, bbox_inches="tight", metadata=metadata)
