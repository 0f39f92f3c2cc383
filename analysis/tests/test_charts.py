import re
from xml.etree import ElementTree

from matplotlib.figure import Figure

from motet_analysis import charts, html
from motet_analysis.charts import Legend
from motet_analysis.drawing import COLOURS, colour, dashes, legend_below, marker, panels


def lines(count: int) -> Figure:
    """Two panels with as many lines, and one legend."""
    figure = panels(1, 2)
    for axes in figure.subplots(1, 2):
        for index in range(count):
            axes.plot(
                [1, 2], [index, index + 0.5], label=f"<{index}>", color=colour(index),
                linestyle=dashes(index), marker=marker(index))
        axes.set_title("a & b")
        axes.set_xlabel("round")
    legend_below(figure)
    return figure


def test_panels_are_drawings_and_the_legend_is_words() -> None:
    first, second, legend = charts.parts(lines(3), "name")
    assert isinstance(first, ElementTree.Element) and isinstance(second, ElementTree.Element)
    assert isinstance(legend, Legend) and list(legend.entries) == ["<0>", "<1>", "<2>"]
    assert first.get("aria-label") == "a & b over round; <0> 0 to 0.5; <1> 1 to 1.5; <2> 2 to 2.5"
    words = [element.text for element in first.iter("text")]
    assert "a & b" in words and "round" in words and "<0>" not in words


def test_a_drawing_is_a_part_of_its_page() -> None:
    """It has the page's ink and font, no style for all, and no name that another drawing has."""
    text = html.figure(lines(2), "one") + html.figure(lines(2), "two")
    assert "#000000" not in text and "currentColor" in text
    for part in ("<style", "DejaVu", "http:", "metadata"):
        assert part not in text, part
    names = re.findall(r'\bid="([^"]+)"', text)
    used = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', text))
    assert len(names) == len(set(names)) > 0
    assert {a or b for a, b in used} == set(names)


def test_the_same_figure_is_the_same_text() -> None:
    assert html.figure(lines(2), "one") == html.figure(lines(2), "one")


def test_each_panel_may_have_a_legend() -> None:
    figure = panels(1, 2)
    for axes, name in zip(figure.subplots(1, 2), "ab"):
        axes.plot([1, 2], [1, 2], label=name)
        axes.legend()
    kinds = [part.entries.keys() if isinstance(part, Legend) else None
             for part in charts.parts(figure, "name")]
    assert kinds == [None, {"a"}, None, {"b"}]


def test_series_can_be_told_apart() -> None:
    """More lines than colours: each has a swatch that no other has."""
    legend = charts.parts(lines(3 * len(COLOURS)), "name")[-1]
    swatches = re.findall(r"<li>(<svg.*?</svg>)", charts.html(legend))
    assert len(swatches) == len(set(swatches)) == 3 * len(COLOURS)


def test_points_and_bars_have_swatches() -> None:
    figure = panels(1, 1)
    axes = figure.subplots()
    axes.scatter([1, 2], [1, 2], label="points", color=COLOURS[1], marker="s")
    axes.errorbar([1, 2], [1, 2], yerr=[0.1, 0.1], label="bars", color=COLOURS[2])
    legend_below(figure)
    swatches = charts.html(charts.parts(figure, "name")[-1])
    assert COLOURS[1].lower() in swatches and COLOURS[2].lower() in swatches
