"""A headless Chromium, spoken to by its DevTools protocol over two pipes.

The protocol is JSON messages that end in a zero byte: commands with a number, answers with the same
number, and events (https://chromedevtools.github.io/devtools-protocol).
"""

import base64
import json
import os
import select
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Chromium's names in Debian, and in Enterprise Linux.
_NAMES = ("chromium", "chromium-browser")
#: Seconds after which a browser that says nothing is taken for dead.
_PATIENCE = 120


def find() -> str | None:
    """The program, if there is one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@dataclass(frozen=True)
class View:
    """How somebody looks at a page."""

    #: Of the window, in CSS pixels.
    width: int
    #: `light` or `dark`, which the person prefers.
    scheme: str


class Browser:
    """One browser with one page, for any number of views."""

    def __init__(self, program: str, folder: Path) -> None:
        """Starts it; `folder` is for what it writes."""
        own_in, self._commands = os.pipe()
        self._answers, own_out = os.pipe()

        def place() -> None:
            # Where Chromium looks for them. The last of four new pipes' ends is none of these two.
            os.dup2(own_in, 3)
            os.dup2(own_out, 4)

        self._process = subprocess.Popen(
            [
                program, "--headless", "--remote-debugging-pipe", f"--user-data-dir={folder}",
                # As root Chromium has no sandbox, and in many containers none for others either.
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                # What it would like to ask its makers.
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder)}, preexec_fn=place, pass_fds=(3, 4),
        )
        os.close(own_in)
        os.close(own_out)
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        #: Events since the last page was opened.
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.wait()
        os.close(self._commands)
        os.close(self._answers)

    def open(self, page: Path, view: View) -> None:
        """Loads a page, to the end of its pictures."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=view.width, height=900,
            deviceScaleFactor=1, mobile=view.width < 600)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": view.scheme}])
        self.events.clear()
        self.call("Page.navigate", url=page.as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def run(self, script: str) -> Any:
        """What an expression comes to in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"the page's script failed: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def screenshot(self) -> bytes:
        """The window's content as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """A command's answer. Events that come before it are kept."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != self._number:
            if "method" in answer:
                self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._answers], [], [], max(0, end - time.monotonic()))
            piece = os.read(self._answers, 1 << 20) if ready else b""
            if not piece:
                raise RuntimeError("the browser says nothing more")
            self._buffer += piece
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found
