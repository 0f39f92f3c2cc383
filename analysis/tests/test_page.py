"""The report in a browser: narrow and wide, light and dark; and that the checks see what is bad."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import browser
import full_report
import page_checks
from browser import Browser, View

NARROW, WIDE = 390, 1280
POLICY = (
    "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:; style-src "
    "'unsafe-inline'\"><meta name=viewport content='width=device-width, initial-scale=1'>"
)
STYLE = "<style>:root { color-scheme: light dark }</style>"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = browser.find()
    if program is None:
        pytest.skip("there is no Chromium here to look at the page with; make setup installs it")
    own = Browser(program, tmp_path_factory.mktemp("chromium"))
    yield own
    own.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return full_report.write(tmp_path_factory.mktemp("report"))


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_in_a_browser(
    chromium: Browser, report: Path, width: int, scheme: str
) -> None:
    assert page_checks.problems(chromium, report, View(width, scheme)) == []
    # It was this page, and all of it.
    assert chromium.run("document.title") == "Motet: results"
    headings = chromium.run("[...document.querySelectorAll('h3')].map(own => own.textContent)")
    for part in (
        "Table 6", "Every evaluation", "What was learned", "Differences, paired by seed",
        "Geometry of the features", "Accuracy over α and mix", "Figure 4", "Learning curves",
        "Idle share by rank", "t-SNE", "Clients & classes",
    ):
        assert any(part in heading for heading in headings), part
    assert chromium.run("document.querySelectorAll('.charts > svg text').length") > 100


def test_the_report_asks_for_nothing(report: Path) -> None:
    assert page_checks.Source(report.read_text(encoding="utf-8")).problems == []


def bad(tmp_path: Path, body: str, head: str = POLICY + STYLE) -> Path:
    page = tmp_path / "bad.html"
    page.write_text(
        f"<!doctype html><html lang=en><head><meta charset=utf-8>{head}</head><body>{body}",
        encoding="utf-8")
    return page


def test_a_good_page_has_no_problems(chromium: Browser, tmp_path: Path) -> None:
    page = bad(tmp_path, (
        "<h1 id=a>Words</h1><a href='#a'>up</a><svg role=img aria-label=dot width=20 height=20>"
        "<circle cx=9 cy=9 r=5 fill=currentColor /></svg>"))
    assert page_checks.Source(page.read_text()).problems == []
    for width in (NARROW, WIDE):
        for scheme in ("light", "dark"):
            assert page_checks.problems(chromium, page, View(width, scheme)) == []


@pytest.mark.parametrize(("body", "expected"), [
    ("<p style='color: #888'>grey", "its text has a contrast of 3.54, not 4.5"),
    ("<p style='opacity: 0.4'>faint", "its text has a contrast"),
    ("<p style='background: #222'>dark on dark", "its text has a contrast"),
    ("<details><summary>more</summary><p style='color: #999'>inside</details>", "\"inside\": its text"),
    ("<p style='background-image: linear-gradient(red, blue)'>which?", "stands on a picture"),
    ("<p style='font-size: 6px'>small", "its text is 6.0 pixels high"),
    ("<svg role=img aria-label=x viewBox='0 0 200 20' width=100><text y=12 font-size=12>half",
        "its text is 6.0 pixels high"),
    ("<svg role=img aria-label=x><text y=20 fill=#aaa>pale", "its text has a contrast"),
    ("<svg role=img aria-label=x><path d='M0 9H90' stroke=#ccc />", "its line has a contrast of 1.61"),
    ("<svg role=img aria-label=x><rect width=9 height=9 fill=#e69f00 />", "its area has a contrast"),
    ("<svg><path d='M0 9H90' stroke=black />", "svg \"\": has no alternative text"),
    ("<img src='data:image/png;base64,AAAA' alt=broken>", "was not loaded"),
    ("<img src='data:image/png;base64,AAAA'>", "has no alternative text"),
    ("<a href='#none'>link", "leads nowhere"),
    ("<p id=a><p id=a>", "\"a\" is there twice"),
    ("<div style='width: 500px'>wide", "pixels wide in a window of 390"),
])
def test_what_is_bad_is_seen(chromium: Browser, tmp_path: Path, body: str, expected: str) -> None:
    found = page_checks.problems(chromium, bad(tmp_path, body), View(NARROW, "light"))
    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize(("body", "head", "scheme", "expected"), [
    # A page that knows nothing of the dark, one that is always dark, and one black word too many.
    ("words", POLICY, "dark", "most of the dark page has the shade 255"),
    ("words", POLICY + "<style>:root { color-scheme: dark }</style>", "light", "most of the light"),
    ("<p style='color: black'>ink", POLICY + STYLE, "dark", "its text has a contrast"),
    # Without its viewport a page is laid out for a screen, and made small.
    ("words", STYLE, "light", "pixels wide, not 390"),
    # A request that is not forbidden, and one that is.
    ("<img src='http://127.0.0.1:9/x' alt=x>", STYLE, "light", "request for http://127.0.0.1:9/x"),
    ("<img src='http://127.0.0.1:9/x' alt=x>", POLICY, "light", "Content Security Policy"),
    ("<script>1</script>", POLICY, "light", "Content Security Policy"),
])
def test_bad_pages_are_seen(
    chromium: Browser, tmp_path: Path, body: str, head: str, scheme: str, expected: str
) -> None:
    found = page_checks.problems(chromium, bad(tmp_path, body, head), View(NARROW, scheme))
    assert any(expected in problem for problem in found), found


@pytest.mark.parametrize(("text", "expected"), [
    ("<img src=chart.png>", "<img src=chart.png>"),
    ("<svg><image xlink:href='//host/x.png'>", "<image xlink:href=//host/x.png>"),
    ("<a href='https://host'>", "<a href=https://host>"),
    ("<img srcset='a.png 2x'>", "<img srcset=a.png 2x>"),
    ("<link rel=stylesheet href=a.css>", "<link>"),
    ("<script>1</script>", "<script>"),
    ("<p onclick=x()>", "<p onclick>"),
    ("<p style='background: url(a.png)'>", "url(a.png)"),
    ("<style>p { background: url( \"//host/x\" ) }</style>", "url(//host/x)"),
    ("<style>@import 'a.css';</style>", "@import"),
    ("<meta http-equiv=refresh content='0; url=x'>", "<meta http-equiv=refresh>"),
    ("<p>", "no Content-Security-Policy forbids requests"),
])
def test_what_leads_out_is_seen(text: str, expected: str) -> None:
    assert expected in page_checks.Source(text).problems
