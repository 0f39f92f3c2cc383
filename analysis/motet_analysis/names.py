"""Texts without the folders of a machine."""

import json
from pathlib import Path
from typing import Any


def nameless(text: str) -> str:
    """A text without the folders of a machine: of a path its name, and so within JSON."""
    if text.startswith("/"):
        return Path(text).name
    if not text.startswith(("{", "[")):
        return text
    try:
        content = json.loads(text)
    except ValueError:
        return text
    return json.dumps(_nameless(content), sort_keys=True, separators=(",", ":"))


def _nameless(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _nameless(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_nameless(value) for value in content]
    return nameless(content) if isinstance(content, str) else content
