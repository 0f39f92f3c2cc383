"""What is wrong with a page: in its text, and as a browser shows it."""

import io
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from PIL import Image

from browser import Browser, View

#: Attributes by which a page asks for something, or leads somewhere.
_ADDRESSES = {
    "action", "background", "cite", "data", "formaction", "href", "ping", "poster", "src", "srcset",
    "xlink:href",
}
#: Elements that load, run or send something.
_ACTIVE = {"base", "embed", "form", "frame", "iframe", "link", "object", "script"}
_SCRIPT = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")


class Source(HTMLParser):
    """The problems of a page's text: whatever in it leads out of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self._style = False
        self._has_policy = False
        self.feed(text)
        if not self._has_policy:
            self.problems.append("no Content-Security-Policy forbids requests")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        own = dict(attributes)
        if tag in _ACTIVE:
            self.problems.append(f"<{tag}>")
        if tag == "meta" and own.get("http-equiv") == "Content-Security-Policy":
            self._has_policy = "default-src 'none'" in (own["content"] or "")
        elif tag == "meta" and "http-equiv" in own:
            self.problems.append(f"<meta http-equiv={own['http-equiv']}>")
        for name, value in attributes:
            text = value or ""
            if name in _ADDRESSES and not text.startswith(("#", "data:image/png;base64,")):
                self.problems.append(f"<{tag} {name}={text[:60]}>")
            if name.startswith("on"):
                self.problems.append(f"<{tag} {name}>")
            self._check_style(text)

    def handle_data(self, data: str) -> None:
        if self._style:
            self._check_style(data)

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def _check_style(self, text: str) -> None:
        for address in re.findall(r"url\(\s*['\"]?([^'\")]*)", text):
            if not address.startswith(("#", "data:image/png;base64,")):
                self.problems.append(f"url({address[:60]})")
        if "@import" in text:
            self.problems.append("@import")


def problems(browser: Browser, page: Path, view: View) -> list[str]:
    """What is wrong with a page in a view, a line each."""
    browser.open(page, view)
    found: list[str] = browser.run(f"({_SCRIPT})({json.dumps(view.width)})")
    return [*found, *_shade(browser.screenshot(), view.scheme), *_events(browser, page)]


def _shade(screenshot: bytes, scheme: str) -> Iterator[str]:
    """Whether most of what a person sees is of the scheme's kind."""
    grey = Image.open(io.BytesIO(screenshot)).convert("L")
    pixels = sorted(grey.getdata())
    middle = pixels[len(pixels) // 2]
    if middle < 0xC0 if scheme == "light" else middle > 0x40:
        yield f"most of the {scheme} page has the shade {middle} of 255"


def _events(browser: Browser, page: Path) -> Iterator[str]:
    """What the browser did or said while it loaded the page."""
    for event in browser.events:
        parameters = event["params"]
        if event["method"] == "Network.requestWillBeSent":
            address = parameters["request"]["url"]
            if address != page.as_uri() and not address.startswith("data:"):
                yield f"request for {address[:60]}"
        elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            yield f"the browser says: {parameters['entry']['text']}"
