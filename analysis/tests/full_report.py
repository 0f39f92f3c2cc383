"""A report that has every table and figure a report can have."""

from pathlib import Path

import numpy
from PIL import Image

from gathered_file import GatheredFile
from motet_analysis.cli import main


def write(folder: Path) -> Path:
    """The page."""
    content = GatheredFile()
    _of_the_paper(content)
    _over_alpha_and_mix(content)
    _over_share(content)
    _alone(content)
    content.damaged.append(
        {"run": "big", "file": "checkpoint-000003.h5", "message": "damaged: <its sum>"})
    picture = folder / "clients.png"
    Image.new("RGB", (1300, 300), "white").save(picture)
    target = folder / "report.html"
    source = content.write(folder / "results.h5")
    assert main([
        "report", str(source), "--to", str(target), "--perplexity", "5", "--picture",
        f"Clients & classes={picture}"]) == 0
    return target


def _of_the_paper(content: GatheredFile) -> None:
    """Table 6 with three seeds, random encoders, and embeddings."""
    for method, bonus in (("FSSUAVL", 0.02), ("Model-Comb.", 0.0)):
        for seed in (1, 2, 3):
            run = content.run(
                f"{method}{seed}", "small-table6", seed, label__method=method, label__arch="R-18",
                ranks=4)
            for data, value in (("tinyimagenet", 0.1), ("fsdd", 0.3)):
                content.evaluate(run, "knn", data, value + bonus + 0.005 * seed, k=200)
                content.evaluate(run, "knn", data, 0.05, number=0, k=200, round=0)
            content.evaluate(run, "geometry", "fsdd", 0.4, figure="alignment")
            _rounds(content, run, seed + bonus, ranks=(1, 2, 3))
            content.embeddings[run, 4] = [
                (data, modality, place % 3, numpy.sin(numpy.arange(6) * (place + seed)).tolist())
                for place in range(16)
                for data, modality in (("tinyimagenet", "image"), ("fsdd", "audio"))
            ]


def _over_alpha_and_mix(content: GatheredFile) -> None:
    """More settings than there are colours."""
    for alpha in (0.01, 0.1, 10.0):
        for mix in ("both", "halves", "thirds"):
            for seed in (1, 2):
                run = content.run(
                    f"{alpha}{mix}{seed}", "alpha-mix", seed, label__mix=mix,
                    set__clients__alpha__image=alpha)
                content.evaluate(run, "knn", "cifar10", 0.3 + 0.02 * seed + alpha / 100)
                _rounds(content, run, seed + alpha, ranks=(1, 2))


def _over_share(content: GatheredFile) -> None:
    for panel, share in (("a", 0), ("a", 30), ("both", 100), ("b", 0), ("b", 30)):
        run = content.run(f"{panel}{share}", "figure4", label__panel=panel, label__share=str(share))
        content.evaluate(run, "knn", "fsdd", share / 200 + 0.1)


def _alone(content: GatheredFile) -> None:
    """Runs without a sweep: one on many ranks under way, one that failed, one that waits."""
    big = content.run("big", "", state="unfinished", completed=3, cell=-1, ranks=33,
        set__name="a-run-with-a-long-name-as-people-give-them-to-say-what-is-new-" + "x" * 80)
    _rounds(content, big, 1, ranks=tuple(range(1, 33)))
    content.run("bad", "", state="failed", completed=1, cell=-1, failure="run: rank 1: <no space>")
    content.run("waits", "", state="unfinished", completed=0, cell=-1)


def _rounds(content: GatheredFile, run: str, height: float, ranks: tuple[int, ...]) -> None:
    for number in (1, 2, 3, 4):
        idle = {f"idle_seconds.{rank}": 0.5 * (rank - 1) / len(ranks) for rank in ranks}
        content.rounds.append({
            "run": run, "round": number, "loss.image": height / number, "seconds.training": 2.0,
            "seconds.sum": 0.25, "idle_share": sum(idle.values()) / len(ranks) / 2, **idle})
    for number in (0, 2, 4):
        content.monitor.append({
            "run": run, "round": number, "data": "cifar10", "modality": "image",
            "accuracy": 0.2 + 0.01 * height + 0.05 * number})
