"""Motet's own figures and all comparisons, as one self-contained HTML page and one JSON file.

`python report.py --to bench` runs `motet bench` and every comparison, writes a file of each, then
bench/bench.json and bench/bench.html. `python report.py bench/*.json --to bench` takes what was
measured before. The machine should be idle; the whole takes hours, so `--only` and `--pairs`.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from comparison import run, write_beside
from report_html import render

HERE = Path(__file__).parent
COMPARISONS = {
    "step-resnet18": ["compare_step.py", "--encoder=resnet18", "--bf16"],
    "step-vit": ["compare_step.py", "--encoder=vit", "--bf16"],
    "views": ["compare_views.py"],
    "knn": ["compare_knn.py"],
    "scaling": ["compare_scaling.py"],
    "null": ["compare_null.py"],
    "round": ["compare_round.py"],
}
#: The table that `motet bench` gives, and the whole report.
OWN, WHOLE = "motet.json", "bench.json"


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="*", help="what comparisons wrote with --to")
    parser.add_argument("--motet", type=Path, default=Path(".build/release/motet"))
    choices = ["motet", *COMPARISONS]
    parser.add_argument("--only", nargs="+", choices=choices, default=choices)
    parser.add_argument("--pairs", type=int, help="instead of each comparison's own number")
    parser.add_argument("--to", type=Path, default=Path("bench"), help="the folder to write")
    arguments = parser.parse_args()
    arguments.files = [path for path in arguments.files if path.name != WHOLE]
    if not arguments.files and not arguments.motet.is_file():
        parser.error(f"{arguments.motet}: no such program; build it, or name it with --motet")
    return arguments


def measure_own(arguments: argparse.Namespace) -> Path:
    """Motet's own table of cases, each with its limit."""
    path: Path = arguments.to / OWN
    command = [str(arguments.motet), "bench", "--json"]
    print(f"motet: {' '.join(command)}", flush=True)
    write_beside(path, json.dumps(run(command), indent=1) + "\n")
    return path


def measure(arguments: argparse.Namespace, name: str) -> Path:
    """Runs one comparison."""
    if name == "motet":
        return measure_own(arguments)
    path: Path = arguments.to / f"{name}.json"
    program, *options = COMPARISONS[name]
    command = [
        sys.executable, str(HERE / program), *options, f"--motet={arguments.motet}",
        f"--to={path}",
    ]
    if arguments.pairs:
        command.append(f"--pairs={arguments.pairs}")
    print(f"{name}: {' '.join(command)}", flush=True)
    if subprocess.run(command, check=False).returncode != 0:
        sys.exit(f"{name} failed; what was measured before it is in {arguments.to}")
    return path


def read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError) as error:
        sys.exit(f"{path}: cannot be read as JSON: {error}")
    if path.name != OWN and ("comparison" not in content or "cases" not in content):
        sys.exit(f"{path}: was not written by a compare_*.py with --to")
    return content


def main() -> None:
    arguments = read_arguments()
    arguments.to.mkdir(parents=True, exist_ok=True)
    files = arguments.files or [measure(arguments, name) for name in arguments.only]
    contents = {path: read(path) for path in files}
    own = next((content for path, content in contents.items() if path.name == OWN), {})
    comparisons = [content for path, content in contents.items() if path.name != OWN]
    whole = json.dumps({"motet": own, "comparisons": comparisons}, indent=1, ensure_ascii=False)
    write_beside(arguments.to / WHOLE, whole + "\n")
    write_beside(arguments.to / "bench.html", render(own, comparisons))
    print(f"{arguments.to / WHOLE}, {arguments.to / 'bench.html'}")


if __name__ == "__main__":
    main()
