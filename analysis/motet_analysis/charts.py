"""A figure as pieces of a page: a drawing for each panel, in the page's own ink, and its legends as
words. A page can put panels one below the other where it is narrow, and text stays text."""

import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree import ElementTree

import numpy
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.path import Path

#: What matplotlib draws axes and words with, and the page with its own ink.
_INK = "#000000"
#: Of points that are drawn as pixels: twice those of most screens.
_DPI = 190
_DASHES = {"-": "", "--": "5 2", "-.": "5 2 1.5 2", ":": "1.5 2"}


@dataclass(frozen=True)
class Legend:
    """Names of series, each with its line or marker."""

    entries: Mapping[str, Any]


def parts(figure: Figure, name: str) -> list[ElementTree.Element | Legend]:
    """The panels of a figure in their order, as elements that take on the page's ink, and its
    legends where they belong: that of the figure last, that of a panel behind it. `name` keeps what
    is defined in drawings of one page apart. The figure is of no other use afterwards."""
    legends = {}
    for axes in figure.axes:
        if (legend := axes.get_legend()) is not None:
            legends[axes] = _entries([axes])
            legend.remove()
    of_all = _entries(figure.axes) if figure.legends else {}
    for own in list(figure.legends):
        own.remove()
    # Where panels lie is settled while all are there.
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    found: list[ElementTree.Element | Legend] = []
    for number, axes in enumerate(figure.axes):
        found.append(_panel(figure, axes, f"{_key(name)}-{number}-"))
        if legends.get(axes):
            found.append(Legend(legends[axes]))
    return [*found, Legend(of_all)] if of_all else found


def _key(name: str) -> str:
    return f"d{hashlib.sha256(name.encode()).hexdigest()[:10]}"


def _entries(panels: Sequence[Axes]) -> dict[str, Any]:
    return {
        label: handle
        for axes in panels
        for handle, label in zip(*axes.get_legend_handles_labels())
    }


def _panel(figure: Figure, axes: Axes, prefix: str) -> ElementTree.Element:
    for other in figure.axes:
        other.set_visible(other is axes)
    memory = io.BytesIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "motet"}):
        figure.savefig(
            memory, format="svg", dpi=_DPI, bbox_inches="tight", pad_inches=0.03, transparent=True,
            metadata={"Date": None})
    drawing = ElementTree.fromstring(memory.getvalue())
    _clean(drawing, prefix)
    drawing.set("role", "img")
    drawing.set("aria-label", described(axes))
    return drawing


def described(axes: Axes) -> str:
    """A panel in words: what it shows, and where each line begins and ends."""
    name = " ".join(axes.get_title().split()) or axes.get_ylabel()
    over = f" over {axes.get_xlabel()}" if axes.get_xlabel() else ""
    return f"{name}{over}" + "".join(f"; {line}" for line in _ends(axes))


def _ends(axes: Axes) -> Iterator[str]:
    for handle, label in zip(*axes.get_legend_handles_labels()):
        line = _line(handle)
        if line is None:
            continue
        values = numpy.asarray(line.get_ydata(), dtype=float)
        if not len(values):
            continue
        first, last = f"{values[0]:.4g}", f"{values[-1]:.4g}"
        yield f"{label} {first}" + (f" to {last}" if last != first else "")


def _line(handle: Any) -> Line2D | None:
    """The line of a series; none of points. With error bars it is the first of several parts."""
    if isinstance(handle, tuple):
        handle = handle[0]
    return handle if isinstance(handle, Line2D) else None


def _clean(drawing: ElementTree.Element, prefix: str) -> None:
    """Makes a drawing of its own a part of a page."""
    for parent in list(drawing.iter()):
        for child in list(parent):
            # Who drew it; and a style that would be that of the whole page.
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
    text = ElementTree.tostring(drawing, encoding="unicode")
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    for element in drawing.iter():
        element.tag = element.tag.rpartition("}")[2]
        own = dict(element.attrib)
        element.attrib.clear()
        for name, value in own.items():
            name = name.rpartition("}")[2]
            if name == "id":
                if value in used:
                    element.set(name, prefix + value)
                continue
            if value.startswith("#") and name == "href":
                value = f"#{prefix}{value[1:]}"
            value = value.replace("url(#", f"url(#{prefix}").replace(_INK, "currentColor")
            # The page's font.
            element.set(name, re.sub(r"font: [^;]*?([\d.]+px)[^;]*", r"font-size: \1", value))
    drawing.attrib.pop("version", None)


def html(part: ElementTree.Element | Legend) -> str:
    """A part of a figure as it stands in a page."""
    if isinstance(part, Legend):
        entries = "".join(
            f"<li>{_swatch(handle)}{escape(label)}</li>" for label, handle in part.entries.items())
        return f'<ul class="legend">{entries}</ul>'
    return ElementTree.tostring(part, encoding="unicode")


def _swatch(handle: Any) -> str:
    """A short piece of a series' line with its marker."""
    inside = ""
    line = _line(handle)
    if line is not None:
        colour = _colour(line.get_color())
        dashes = _DASHES.get(line.get_linestyle())
        if dashes is not None:
            inside += (
                f'<path d="M0 7H30" fill="none" stroke="{colour}" stroke-width="2"'
                + (f' stroke-dasharray="{dashes}"' if dashes else "") + "/>")
        marker = MarkerStyle(line.get_marker())
        inside += _marker(marker.get_path().transformed(marker.get_transform()), colour, 7)
    elif isinstance(handle, PathCollection):
        inside = _marker(handle.get_paths()[0], _colour(handle.get_facecolor()[0]), 8)
    return f'<svg class="swatch" viewBox="0 0 30 14" aria-hidden="true">{inside}</svg>'


def _colour(colour: Any) -> str:
    own: str = to_hex(colour)
    return "currentColor" if own == _INK else own


def _marker(path: Path, colour: str, size: float) -> str:
    """A marker in the middle of a swatch."""
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C"}
    d = "".join(
        "Z" if code == Path.CLOSEPOLY else letters[code] + " ".join(
            f"{15 + size * x:.2f} {7 - size * y:.2f}" for x, y in points.reshape(-1, 2))
        for points, code in path.iter_segments(simplify=False)
    )
    return f'<path d="{d}" fill="{colour}"/>' if d else ""
