"""The paper's numbers."""

import csv
from dataclasses import dataclass
from pathlib import Path

from motet_analysis.errors import InputError


@dataclass(frozen=True)
class PaperCell:
    """A number as printed."""

    row: str
    column: str
    text: str

    @property
    def value(self) -> float | None:
        """Nil where the text is no number."""
        try:
            return float(self.text)
        except ValueError:
            return None


def folder() -> Path:
    """Where the numbers lie: inside the installed package, beside it in the repository."""
    own = Path(__file__).parent
    inside = own / "paper"
    return inside if inside.is_dir() else own.parent / "paper"


def load(table: str) -> list[PaperCell]:
    """A table's cells, in the paper's order: `table2` to `table8`, or of `figures` one figure's."""
    name = "figures" if table.startswith("figure") else table
    path = folder() / f"{name}.csv"
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; the paper's numbers are missing")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows, start=2):
        if None in row.values() or not {"table", "row", "column", "value"} <= row.keys():
            raise InputError(f"{path}:{number}: expected table,row,column,value")
    return [
        PaperCell(row["row"], row["column"], row["value"])
        for row in rows
        if row["table"] == table
    ]
