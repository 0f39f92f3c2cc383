import numpy
from pandas import DataFrame, Series

from motet_analysis.settings import candidates, column_of, described, sort_key, telling


def frame(**columns: list[object]) -> DataFrame:
    return described(DataFrame({key.replace("__", "."): own for key, own in columns.items()}))


def test_alpha_and_mix_in_a_word() -> None:
    runs = frame(
        set__clients__alpha__image=[0.1, 0.1, 10], set__clients__alpha__audio=[0.1, 1, numpy.nan],
    )
    assert runs["alpha"].tolist() == ["0.1", "audio 1, image 0.1", "10"]
    runs = described(
        DataFrame({"set.clients.mix.image+audio": [1, 0.34], "set.clients.mix.image": [0.0, 0.66]}))
    assert runs["mix"].tolist() == ["image+audio 100 %", "image 66 %, image+audio 34 %"]


def test_labels_come_first_and_what_they_determine_is_left_out() -> None:
    runs = frame(
        label__method=["a", "a", "b", "b"], set__encoder__name=["vit", "resnet18"] * 2,
        set__encoder__patch=[8, numpy.nan] * 2, set__training__rate=[0.1, 0.1, 0.2, 0.2],
        set__seed=[1, 2, 1, 2], set__training__threads=[1, 2, 3, 4],
    )
    assert telling(runs) == ["label.method", "set.encoder.name"]


def test_beside_a_given_column_what_it_determines_is_left_out() -> None:
    runs = frame(
        label__method=["a", "a", "b", "b"], label__arch=["vit", "resnet18"] * 2,
        set__encoder__name=["vit", "resnet18"] * 2, set__training__rate=[0.1, 0.1, 0.2, 0.2],
    )
    assert telling(runs, "label.method") == ["label.arch"]
    assert telling(runs, "set.encoder.name") == ["label.method"]
    assert telling(runs, "set.training.rate") == ["label.arch"]
    # Two labels are told apart even where one says the other.
    runs["label.arch"] = runs["label.method"]
    assert telling(runs, "label.method") == ["label.arch", "set.encoder.name"]


def test_a_word_means_a_label_before_a_setting() -> None:
    runs = frame(
        label__mix=["both"], set__clients__mix__image=[1.0], set__seed=[1], set__rounds=[4])
    assert candidates(runs) == ["label.mix", "alpha", "mix", "set.rounds"]
    assert column_of(runs, "mix") == "label.mix" and column_of(runs, "alpha") == "alpha"
    assert column_of(runs, "rounds") == column_of(runs, "set.rounds") == "set.rounds"
    assert column_of(runs, "method") is None


def test_a_name_comes_before_its_options() -> None:
    runs = frame(
        **{"set__training__optimizer__beta1": [0.9, numpy.nan],
           "set__training__optimizer__name": ["adamw", "sgd"]})
    assert telling(runs) == ["set.training.optimizer.name"]


def test_missing_values_are_sorted_as_one_text() -> None:
    own = Series([float("nan"), 2.0, float("nan"), 1.0])
    assert own.sort_values(key=sort_key).fillna(-1).tolist() == [1.0, 2.0, -1.0, -1.0]


def test_runs_that_differ_in_nothing() -> None:
    assert telling(frame(set__seed=[1, 2], set__training__rate=[0.1, 0.1])) == []


def test_numbers_are_sorted_by_size_and_texts_by_appearance() -> None:
    own = Series(["1000", "0.01", "b", "0.1", "a", "1"])
    assert own.sort_values(key=sort_key).tolist() == ["0.01", "0.1", "1", "1000", "b", "a"]
