"""The commands print what they should and refuse what they must."""

import json

import pytest
from click.testing import CliRunner

from simulator.cli import main


def said(*words: str, code: int = 0) -> str:
    found = CliRunner().invoke(main, words)
    assert found.exit_code == code, found.output
    return found.output


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_gsim_prints_world_prices(form):
    text = said("gsim", "francois_hall_2003", "--format", form)
    if form == "json":
        rows = json.loads(text)["rows"]
        assert [round(row["value"], 4) for row in rows[:4]] == [0.0792, -0.0316, 0.048, -0.0184]
    else:
        assert "0.0792" in text or "0.07918" in text


def test_gsim_names_what_is_missing():
    assert "there is no such file" in said("gsim", "nothing_of_the_kind.yaml", code=2)


def test_hazards_print_odds_and_write_futures(tmp_path):
    text = said("hazards", "--draws", "200", "--seed", "3", "-o", str(tmp_path / "here"), "--files", "2")
    assert "200 futures, seed 3" in text
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == ["future_00001.yaml", "future_00002.yaml"]
    said("validate", str(tmp_path / "here" / "future_00001.yaml"))


def test_hazards_refuse_a_month_that_is_none(tmp_path):
    assert "--start" in said("hazards", "--draws", "20", "-o", str(tmp_path), "--start", "soon", code=2)


def test_hazards_refuse_a_baseline_that_is_none(tmp_path):
    assert "--baseline" in said("hazards", "--draws", "20", "-o", str(tmp_path), "--baseline", "2031", code=2)


def test_premium_refuses_a_baseline_that_is_none():
    assert "baseline" in said("premium", "--draws", "1", "--baseline", "2031", code=2)
