"""Learning curves: losses and the monitor's accuracy over rounds, mean and range over seeds."""

import math

import numpy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame

from motet_analysis.drawing import GREY, colour, dashes, legend_below, marker, panels
from motet_analysis.gathered import Gathered
from motet_analysis.settings import of_sweep, sort_key, telling, text, title


#: Panels in a row.
_COLUMNS = 3
#: Accuracies before training that differ by less, in points, are one encoder's of several seeds.
_ONE = 1e-6
_BEFORE = "random encoder"
_DOTTED = {"color": GREY, "linestyle": ":", "linewidth": 1.2}


def learning_curves(gathered: Gathered, sweep: str) -> Figure | None:
    """A panel for each loss and each data set of the monitor, a line for each setting of the sweep;
    dotted, what the monitor measured before training.

    Unfinished runs are drawn as far as they are. Nil where no run has a round.
    """
    runs = of_sweep(gathered.runs, sweep)
    keys = telling(runs)
    runs = runs.sort_values(keys, key=sort_key) if keys else runs
    runs["setting"] = [
        ", ".join(f"{title(key)} {text(value)}" for key, value in zip(keys, row))
        for row in (runs[keys].itertuples(index=False) if keys else [()] * len(runs))
    ]
    rounds = gathered.rounds.merge(runs[["run", "setting"]], on="run")
    monitor = gathered.monitor.merge(runs[["run", "setting"]], on="run")
    drawn: list[tuple[str, DataFrame]] = [
        (column.replace(".", " "), rounds[["round", "setting", column]].dropna()
            .rename(columns={column: "value"}))
        for column in sorted(rounds)
        if column.startswith("loss.")
    ]
    for (data, modality), part in monitor.groupby(["data", "modality"]):
        own = part[["round", "setting"]].copy()
        own["value"] = 100 * part["accuracy"]
        drawn.append((f"kNN {data} ({modality}), %", own))
    drawn = [(name, part) for name, part in drawn if len(part)]
    if not drawn:
        return None
    columns = min(_COLUMNS, len(drawn))
    rows = math.ceil(len(drawn) / columns)
    figure = panels(rows, columns)
    settings = list(dict.fromkeys(runs["setting"]))
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for own_axes in axes[len(drawn):]:
        own_axes.remove()
    for own_axes, (name, part) in zip(axes, drawn):
        before = part[part["round"] == 0].groupby("setting")["value"].mean()
        is_one = len(before) and numpy.ptp(before) < _ONE
        for index, setting in enumerate(settings):
            _line(own_axes, part[part["setting"] == setting], setting, index)
            if setting in before and not is_one:
                own_axes.axhline(before[setting], **{**_DOTTED, "color": colour(index)})
        if is_one:
            own_axes.axhline(before.mean(), label=_BEFORE, **_DOTTED)
        elif len(before):
            # The name of all.
            own_axes.plot([], [], label=_BEFORE, **_DOTTED)
        own_axes.set_title(name, fontsize=9)
        own_axes.set_xlabel("round")
        own_axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(settings) > 1 or any(axes_.get_legend_handles_labels()[0] for axes_ in figure.axes):
        legend_below(figure)
    return figure


def _line(axes: Axes, part: DataFrame, setting: str, index: int) -> None:
    if not len(part):
        return
    by_round = part.groupby("round")["value"]
    mean = by_round.mean()
    x = numpy.asarray(mean.index)
    axes.plot(
        x, mean, label=setting, color=colour(index), linestyle=dashes(index), linewidth=1.2,
        marker=marker(index), markersize=4, markevery=max(1, len(x) // 10),
    )
    axes.fill_between(
        x, by_round.min(), by_round.max(), color=colour(index), alpha=0.15, linewidth=0)
