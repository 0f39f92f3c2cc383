"""The HTML page of report.py: plain tables, nothing loaded from elsewhere."""

import statistics
from html import escape
from typing import Any

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ddd; }
td.number, th.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
tr.ours td { font-weight: 600; }
.slower { color: #a30; font-weight: 600; }
.bar { display: block; height: .6rem; background: #9ab; min-width: 1px; }
tr.ours .bar { background: #357; }
p.note, footer { color: #666; font-size: 13px; }
code { font-size: 13px; overflow-wrap: anywhere; }
"""


def number(value: float) -> str:
    """Three significant figures, without exponents."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if value >= 10 else 2 if value >= 1 else 3}f}"


def ratio_text(ratio: dict[str, Any]) -> str:
    text = f"{ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['most']:.2f})"
    return f'<span class="slower">{text}</span>' if ratio["median"] < 1 else text


def render_case(case: dict[str, Any]) -> str:
    figures: dict[str, list[float]] = case["figures"]
    longest = max(statistics.median(values) for values in figures.values())
    unit = escape(case["figure"]["unit"])
    rows = []
    for name, values in figures.items():
        middle = statistics.median(values)
        peak = case["peak_bytes"].get(name)
        ratio = case["ratios"].get(name)
        rows.append(
            f'<tr class="{"ours" if name == case["ours"] else "peer"}"><td>{escape(name)}</td>'
            f'<td class="number">{number(middle)}</td>'
            f'<td class="number">{number(min(values))} to {number(max(values))}</td>'
            f'<td style="width:25%"><span class="bar" style="width:{100 * middle / longest:.1f}%">'
            f"</span></td>"
            f'<td class="number">{f"{peak / 2**20:,.0f} MiB" if peak else ""}</td>'
            f'<td class="number">{ratio_text(ratio) if ratio else ""}</td></tr>'
        )
    pairs = max(len(values) for values in figures.values())
    better = "more" if case["figure"]["more_is_better"] else "less"
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in case["notes"])
    return (
        f"<h3>{escape(case['name'])}</h3><table><tr><th></th>"
        f'<th class="number">{unit} ({better} is better), median</th>'
        f'<th class="number">range of {pairs}</th><th></th><th class="number">peak memory</th>'
        f'<th class="number">{escape(case["ours"])} is so many times as fast</th></tr>'
        f"{''.join(rows)}</table>{notes}"
    )


def render_comparison(comparison: dict[str, Any]) -> str:
    machine = comparison["machine"]
    versions = ", ".join(f"{name} {value}" for name, value in comparison["versions"].items())
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in comparison["notes"])
    cases = "".join(render_case(case) for case in comparison["cases"])
    return (
        f'<section id="{escape(comparison["comparison"])}">'
        f"<h2>{escape(comparison['title'])}</h2>{notes}{cases}"
        f'<p class="note"><code>{escape(comparison["command"])}</code><br>'
        f"{escape(comparison['written'])}; {escape(machine['cpu'])} "
        f"(family/model {escape(machine['family'])}), {machine['cores']} cores, "
        f"{machine['memory_bytes'] / 2**30:.0f} GiB, {escape(' '.join(machine['isa']))}; "
        f"{escape(versions)}</p></section>"
    )


def render_summary(comparisons: list[dict[str, Any]]) -> str:
    rows = []
    for comparison in comparisons:
        for case in comparison["cases"]:
            for peer, ratio in case["ratios"].items():
                rows.append(
                    f'<tr><td><a href="#{escape(comparison["comparison"])}">'
                    f"{escape(comparison['title'])}</a></td><td>{escape(case['name'])}</td>"
                    f"<td>{escape(peer)}</td><td class=\"number\">{ratio_text(ratio)}</td>"
                    f'<td class="number">{ratio["pairs"]}</td></tr>'
                )
    return (
        '<table><tr><th>comparison</th><th>case</th><th>against</th><th class="number">times as '
        'fast, median (range)</th><th class="number">pairs</th></tr>' + "".join(rows) + "</table>"
    )


def flatten(figures: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Cases of `motet bench`, those inside others too: a name, and its plain figures."""
    plain = {key: value for key, value in figures.items() if not isinstance(value, dict)}
    cases = [("", plain)] if plain else []
    for key, value in figures.items():
        if isinstance(value, dict):
            cases += [(f"{key} {name}".strip(), own) for name, own in flatten(value)]
    return cases


def render_own(own: dict[str, Any]) -> str:
    """What `motet bench` measured, with its limits, as it names them."""
    rows = []
    for name, figures in flatten(own):
        texts = (
            f"{escape(key)} {number(value) if isinstance(value, float) else escape(str(value))}"
            for key, value in sorted(figures.items())
        )
        rows.append(f"<tr><td>{escape(name)}</td><td>{', '.join(texts)}</td></tr>")
    return f"<h2>motet bench</h2><table>{''.join(rows)}</table>" if rows else ""


def render(own: dict[str, Any], comparisons: list[dict[str, Any]]) -> str:
    sections = "".join(render_comparison(comparison) for comparison in comparisons)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Motet and its peers</title><style>{STYLE}</style></head><body>"
        "<h1>Motet and its peers</h1><p>Each pair runs all contestants one after the other on one "
        "machine. Ratios are taken pair by pair; where the peer is faster they are below 1, and "
        f"red.</p>{render_summary(comparisons)}{sections}"
        f"{render_own(own)}</body></html>\n"
    )
