"""What a report says of runs themselves: how many, how far, and each one's settings."""

from pandas import DataFrame

from motet_analysis import html, html_tables
from motet_analysis.gathered import Gathered
from motet_analysis.settings import described, telling, text, title
from motet_analysis.tables import TextTable

#: So much of a hash tells runs apart.
_HASH = 12


def summary(gathered: Gathered) -> str:
    """How many runs there are, in what state; what failed, and what is damaged."""
    runs = gathered.runs.drop_duplicates("run")
    states = [_state(row) for row in runs.to_dict("records")]
    counts = ", ".join(
        f"{states.count(state)} {state}"
        for state in ("finished", "under way", "not begun", "failed") if state in states
    )
    hosts = sorted(set(runs["host"]) - {""}) if "host" in runs else []
    place = f" on {_counted(len(hosts), 'host')}" if hosts else ""
    parts = [
        html.paragraph(
            f"{_counted(len(runs), 'run')} ({counts}){place}, gathered by Motet {gathered.motet}; "
            f"{_counted(len(gathered.evaluations), 'figure')} of evaluations, "
            f"{_counted(len(gathered.embeddings), 'set')} of embeddings."
        )
    ]
    if "under way" in states or "not begun" in states:
        parts.append(html.paragraph(
            "Curves are drawn as far as runs are; evaluations count once a run is finished.", "small"))
    for row, state in zip(runs.to_dict("records"), states):
        if state == "failed" and row.get("failure"):
            parts.append(html.paragraph(f"{_name(row)} failed: {row['failure']}", "note"))
    if len(gathered.damaged):
        parts.append(html.paragraph(
            f"{_counted(len(gathered.damaged), 'file')} could not be read whole when gathering:",
            "note"))
        parts.append(html_tables.table(_texts(gathered.damaged, list(gathered.damaged))))
    return "\n".join(parts)


def all_runs(gathered: Gathered) -> str:
    """A row for each run of each sweep: what tells it apart, how far it is, what its model is."""
    runs = described(gathered.runs)
    keys = telling(runs)
    runs["set.name"] = [_name(row) for row in runs.to_dict("records")]
    runs["state"] = [_state(row) for row in runs.to_dict("records")]
    if "cell" in runs:
        runs["cell"] = ["" if cell == -1 else cell for cell in runs["cell"]]
    if "rounds" in runs:
        runs["completed"] = [
            f"{completed} of {rounds}" if rounds >= 0 else ""
            for completed, rounds in zip(runs["completed"], runs["rounds"])]
    runs["time"] = [_time(gathered.rounds, run) for run in runs["run"]]
    if "model" in runs:
        runs["model"] = runs["model"].str[:_HASH]
    sweep = ["sweep"] if runs["sweep"].nunique() > 1 else []
    columns = [
        column
        for column in (
            "set.name", *sweep, "cell", "state", "completed", "time", "set.seed", *keys, "model", "run")
        if column in runs and any(text(value) for value in runs[column])
    ]
    return (
        html.paragraph(
            f"Models and runs by the first {_HASH} digits of their hashes.", "small")
        + html_tables.table(_texts(runs, columns))
    )


def _state(row: dict[str, object]) -> str:
    if row["state"] != "unfinished":
        return str(row["state"])
    return "under way" if row["completed"] else "not begun"


def _name(row: dict[str, object]) -> str:
    """What a person calls a run."""
    return str(row.get("set.name") or row["name"] or row["run"])


def _time(rounds: DataFrame, run: str) -> str:
    """Of all rounds and measurements: `1 h 05 min`."""
    columns = [column for column in rounds if column.startswith("seconds.")]
    seconds = float(rounds.loc[rounds["run"] == run, columns].sum().sum()) if columns else 0.0
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds else ""
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def _texts(frame: DataFrame, columns: list[str]) -> TextTable:
    return TextTable(
        [title(column) for column in columns],
        [[text(value) for value in row] for row in frame[columns].itertuples(index=False)],
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
