"""The picture of the benchmark's ratios: it shows the numbers that were written, and says them."""

import pytest
from descent.figures.speed import LOOKS, speed_alt, speed_picture, speed_ratios


def test_the_written_ratios_are_of_the_five_cases_and_over_by_hand():
    ratios = speed_ratios()
    assert len(ratios) == 5
    for row in ratios.values():
        assert row["by hand"] == 1.0
        assert set(row) - {"by hand"} <= set(LOOKS)
        assert row["program"] < row["list"] < row["JAX"]


def test_every_ratio_is_a_point_on_the_line_of_its_case():
    ratios = speed_ratios()
    axes = speed_picture(ratios).axes[0]
    shown = {line.get_label(): list(zip(*line.get_data(), strict=True)) for line in axes.lines}
    for name in LOOKS:
        expected = [(row[name], k) for k, row in enumerate(ratios.values()) if name in row]
        assert shown[name] == expected
    assert len(axes.get_yticklabels()) == 5


@pytest.mark.parametrize("name", LOOKS)
def test_a_library_that_was_not_there_is_left_out(name):
    ratios = {"f": {key: 2.0 for key in ("by hand", *LOOKS) if key != name}}
    labels = [line.get_label() for line in speed_picture(ratios).axes[0].lines]
    assert name not in labels
    assert f"{name} 2.0" not in speed_alt(ratios)


def test_markers_tell_all_apart_without_colour():
    assert len({marker for _, marker in LOOKS.values()}) == len(LOOKS)
