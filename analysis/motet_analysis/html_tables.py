"""Tables of a page."""

import re
from html import escape

from motet_analysis.comparison import Cell, Comparison
from motet_analysis.tables import TextTable

#: A number, alone or with its spread or unit.
_NUMBER = re.compile(r"[-+]?\d[\d.]*([ ,].*)?")


def table(own: TextTable) -> str:
    """A table of texts, without columns that have none: numbers to the right, words to the left."""
    places = [
        index for index in range(len(own.columns))
        if not own.rows or any(row[index] for row in own.rows)]
    kinds = {
        index: "word" if index < own.heads or not all(
            _NUMBER.fullmatch(row[index]) for row in own.rows if row[index]) else ""
        for index in places
    }
    return _table(
        [(own.columns[index], kinds[index]) for index in places],
        [
            "".join(
                _head(row[index]) if index < own.heads else _data(escape(row[index]), kinds[index])
                for index in places
            )
            for row in own.rows
        ],
    )


def comparison(own: Comparison) -> str:
    """A table of the paper: in each place ours, below it the paper's number and the difference."""
    return _table(
        [("", "word"), *((own.heading(column), "") for column in own.columns)],
        [
            _head(row) + "".join(_cell(own.cells.get((row, column))) for column in own.columns)
            for row in own.rows
        ],
    )


def shares(columns: list[str], rows: list[tuple[str, list[float | None]]]) -> str:
    """A table of names and shares, 0 to 1, in percent with a bar below each."""
    return _table(
        [(name, "" if index else "word") for index, name in enumerate(columns)],
        [_head(name) + "".join(map(_share, values)) for name, values in rows],
    )


def _share(value: float | None) -> str:
    if value is None:
        return _data("")
    return _data(
        f'{100 * value:.1f} %'
        f'<span class="bar"><span style="width:{100 * value:.1f}%"></span></span>'
    )


def _table(columns: list[tuple[str, str]], rows: list[str]) -> str:
    """A table of columns with their kind; wider than the page it scrolls inside it."""
    head = "".join(
        f'<th scope="col"{_class(kind)}>{escape(name)}</th>' if name else _data("")
        for name, kind in columns
    )
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>")


def _head(text: str) -> str:
    return f'<th scope="row">{escape(text)}</th>'


def _data(content: str, kind: str = "") -> str:
    return f"<td{_class(kind)}>{content}</td>"


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return _data("")
    ours, printed, difference = cell.lines()
    kind = "difference below" if difference.startswith("-") else "difference"
    return _data(
        ours
        + (f'<span class="paper">paper {printed}</span>' if printed else "")
        + (f'<span class="{kind}">{difference}</span>' if difference else "")
    )
