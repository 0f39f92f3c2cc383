"""Pieces of a page that needs no other file."""

import base64
from html import escape
from importlib.resources import files
from pathlib import Path

from matplotlib.figure import Figure

from motet_analysis import charts
from motet_analysis.errors import InputError

#: What a browser may do with a page: show what is in it, and ask nobody for more.
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")


def page(title: str, sections: list[tuple[str, str]]) -> str:
    """A page of sections, each with its heading."""
    style = files("motet_analysis").joinpath("report.css").read_text(encoding="utf-8")
    # A sweep may have any name, that of another section too.
    anchors = [f"{number}-{_anchor(heading)}" for number, (heading, _) in enumerate(sections, 1)]
    links = " ".join(
        f'<a href="#{anchor}">{escape(heading)}</a>'
        for anchor, (heading, _) in zip(anchors, sections)
    )
    body = "\n".join(
        f'<h2 id="{anchor}">{escape(heading)}</h2>\n{content}'
        for anchor, (heading, content) in zip(anchors, sections)
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>\n<nav>{links}</nav>\n{body}\n</main></body></html>\n"
    )


def figure(own: Figure, name: str) -> str:
    """The figure's panels, side by side as far as there is room, and its legends. Its name is one
    that no other figure of the page has."""
    parts = "".join(map(charts.html, charts.parts(own, name)))
    return f'<div class="charts" role="group" aria-label="{escape(name)}">{parts}</div>'


def image(path: Path, alt: str) -> str:
    """A PNG file inside the page."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if not content.startswith(b"\x89PNG"):
        raise InputError(f"{path}: this is no PNG")
    source = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    return f'<div class="wide"><img alt="{escape(alt)}" src="{source}"></div>'


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def notes(texts: list[str]) -> str:
    """What few want to know, behind a line to click on; nothing where there is none."""
    if not texts:
        return ""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<details class="small"><summary>What else to know</summary><ul>{items}</ul></details>'


def _anchor(heading: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in heading.lower())
