"""Pieces of a page that needs no other file."""

import base64
from html import escape
from importlib.resources import files
from pathlib import Path

from matplotlib.figure import Figure

from motet_analysis.comparison import Cell, Comparison
from motet_analysis.drawing import as_url
from motet_analysis.errors import InputError
from motet_analysis.tables import TextTable


def page(title: str, sections: list[tuple[str, str]]) -> str:
    """A page of sections, each with its heading."""
    style = files("motet_analysis").joinpath("report.css").read_text(encoding="utf-8")
    links = " ".join(
        f'<a href="#{_anchor(heading)}">{escape(heading)}</a>' for heading, _ in sections
    )
    body = "\n".join(
        f'<h2 id="{_anchor(heading)}">{escape(heading)}</h2>\n{content}'
        for heading, content in sections
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>\n<nav>{links}</nav>\n{body}\n</main></body></html>\n"
    )


def table(own: TextTable) -> str:
    """A table of texts."""
    head = "".join(f"<th>{escape(name)}</th>" for name in own.columns)
    rows = "\n".join(
        "<tr>"
        + "".join(
            f"<th>{escape(value)}</th>" if index < own.heads else f"<td>{escape(value)}</td>"
            for index, value in enumerate(row)
        )
        + "</tr>"
        for row in own.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"


def comparison(own: Comparison) -> str:
    """A table of the paper: in each place ours, below it the paper's number and the difference."""
    head = "".join(f"<th>{escape(own.heading(column))}</th>" for column in own.columns)
    rows = "\n".join(
        f"<tr><th>{escape(row)}</th>"
        + "".join(_cell(own.cells.get((row, column))) for column in own.columns)
        + "</tr>"
        for row in own.rows
    )
    return f"<table><thead><tr><th></th>{head}</tr></thead><tbody>\n{rows}\n</tbody></table>"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<td></td>"
    ours, printed, difference = cell.lines()
    kind = "difference below" if difference.startswith("-") else "difference"
    return (
        f"<td>{ours}"
        + (f'<span class="paper">paper {printed}</span>' if printed else "")
        + (f'<span class="{kind}">{difference}</span>' if difference else "")
        + "</td>"
    )


def picture(figure: Figure, alt: str, kind: str = "svg") -> str:
    """The picture inside the page."""
    return _img(alt, as_url(figure, kind))


def image(path: Path, alt: str) -> str:
    """A PNG file inside the page."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if not content.startswith(b"\x89PNG"):
        raise InputError(f"{path}: this is no PNG")
    return _img(alt, f"data:image/png;base64,{base64.b64encode(content).decode()}")


def _img(alt: str, source: str) -> str:
    return f'<p><img alt="{escape(alt)}" src="{source}"></p>'


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def _anchor(heading: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in heading.lower())
