from pathlib import Path

import pytest

from gathered_file import GatheredFile
from motet_analysis.cli import main
from motet_analysis.gathered import load
from motet_analysis.idle import idle


def rounds(content: GatheredFile, run: str, *by_round: tuple[float, dict[int, float]]) -> None:
    """Rounds of so many seconds of training, and each rank's idle ones."""
    for number, (seconds, ranks) in enumerate(by_round, 1):
        content.rounds.append({
            "run": run, "round": number, "seconds.training": seconds,
            "idle_share": sum(ranks.values()) / (len(ranks) * seconds),
            **{f"idle_seconds.{rank}": value for rank, value in ranks.items()}})


def test_shares_of_the_time_that_training_took(tmp_path: Path) -> None:
    content = GatheredFile()
    run = content.run("r", "s", label__mix="both", ranks=3)
    # A long round counts for more than a short one.
    rounds(content, run, (1.0, {1: 0.5, 2: 0.0}), (9.0, {1: 0.5, 2: 3.0}))
    [own] = idle(load(content.write(tmp_path / "r.h5")), "s")
    assert own.share == pytest.approx(4 / 20)
    assert own.ranks == pytest.approx({1: 0.1, 2: 0.3})


def test_a_run_that_went_on_on_more_ranks(tmp_path: Path) -> None:
    content = GatheredFile()
    run = content.run("r", "s", ranks=4)
    rounds(content, run, (1.0, {1: 0.5, 2: 0.5}), (2.0, {1: 0.5, 2: 0.5, 3: 1.0}))
    [own] = idle(load(content.write(tmp_path / "r.h5")), "s")
    assert own.ranks == pytest.approx({1: 1 / 3, 2: 1 / 3, 3: 1 / 2})


def test_ranks_that_train_alone_wait_for_nobody(tmp_path: Path) -> None:
    content = GatheredFile()
    for ranks in (1, 2):
        run = content.run(f"r{ranks}", "s", ranks=ranks)
        content.rounds.append(
            {"run": run, "round": 1, "seconds.training": 1.0, "idle_share": 0.01})
    source = content.write(tmp_path / "r.h5")
    assert idle(load(source), "s") == []
    assert main(["report", str(source), "--to", str(tmp_path / "r.html")]) == 0
    assert "Idle share" not in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_a_file_that_does_not_say_which_rank(tmp_path: Path) -> None:
    """Versions before this one wrote the share of all ranks alone."""
    content = GatheredFile()
    for seed in (1, 2):
        run = content.run(f"r{seed}", "s", seed, ranks=3)
        content.rounds.append({
            "run": run, "round": 1, "seconds.training": 2.0, "idle_share": seed / 10})
    source = content.write(tmp_path / "r.h5")
    assert [(own.name, own.share, own.ranks) for own in idle(load(source), "s")] == [
        ("seed 1", 0.1, {}), ("seed 2", 0.2, {})]
    assert main(["report", str(source), "--to", str(tmp_path / "r.html")]) == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "20.0 %" in page and ">rank 1<" not in page


def test_of_many_ranks_the_ends_and_the_middle(tmp_path: Path) -> None:
    content = GatheredFile()
    run = content.run("r", "s", ranks=22)
    rounds(content, run, (10.0, {rank: rank / 10 for rank in range(1, 22)}))
    source = content.write(tmp_path / "r.h5")
    assert main(["report", str(source), "--to", str(tmp_path / "r.html")]) == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    for part in ("least idle rank", "1.0 %", "11.0 %", "21.0 %"):
        assert part in page, part
    assert "2.0 %" not in page
