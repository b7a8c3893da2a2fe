"""Pictures carry the run's numbers, fit their page in both languages and sizes, and come out the same each time."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from simulator.axes import GROUPS, IMPORTERS
from simulator.outcomes.bargain import breakeven_probability
from simulator.report.figures import ONE, REPORT, SIZES, as_svg, of_several, pictures, save
from simulator.report.figures.discounts import shown
from simulator.report.figures.fan import METRICS
from simulator.report.figures.look import drawn
from simulator.report.figures.replacements import moved
from simulator.report.figures.threat import RATES, chances, excess_usd_bn
from simulator.report.language import LANGUAGES, words
from simulator.results import HORIZON, Results
from tests.report.figures.runs import of
from tests.report.figures.seen import faults, said, texts

NAMES = ["shares", "fan", "bill_change", "discounts", "replacements", "flows"]
EN = words("en")
THREAT = "secondary_tariff_100_us"
CASES = [("iran_offline", 24, None), (THREAT, 24, 3), ("baseline", 1, 2), ("worst_case", 24, 1)]


@cache
def everything(name: str, draws: int, months: int | None, language: str, size: str) -> dict[str, Figure]:
    """All pictures of one case; who changes one draws his own."""
    return pictures(of(name, draws, months), words(language), SIZES[size])


def single(found: Results, key: str) -> Figure:
    """A single picture in English, drawn anew."""
    with drawn(REPORT):
        return ONE[key](found, EN, REPORT)


def bars(figure: Figure, label: str) -> list[float]:
    """Lengths of all bars of one label, in the order in which they were drawn."""
    found = [c for axes in figure.axes for c in axes.containers if c.get_label() == label]
    wide = lambda patch: patch.get_width() if len(found[0]) == 1 else patch.get_height()  # noqa: E731
    return [float(wide(patch)) for container in found for patch in container]


def lines(figure: Figure, label: str, axes: int = 0) -> list[np.ndarray]:
    """Points of all lines of one label: (x or y, point)."""
    return [np.array(line.get_data(), float) for line in figure.axes[axes].lines if line.get_label() == label]


@pytest.mark.parametrize(
    ("case", "language", "size"),
    [(0, "en", "report"), (1, "zh", "slide"), (1, "en", "report"), (2, "zh", "report"), (3, "en", "slide")],
)
def test_every_text_is_on_the_page_and_on_no_other(case, language, size):
    name, draws, months = CASES[case]
    found = everything(name, draws, months, language, size)
    assert list(found) == NAMES + (["breakeven"] if name == THREAT else [])
    for key, figure in found.items():
        assert len(texts(figure)) >= (8 if (name, key) != ("baseline", "replacements") else 4)
        assert faults(figure) == []


def test_what_lies_on_each_other_or_outside_is_found():
    figure = single(of("iran_offline"), "bill_change")
    figure.text(0.5, 0.5, "one")
    figure.text(0.5, 0.5, "two")
    figure.text(0.999, 0.5, "beyond the edge")
    found = faults(figure)
    assert "on each other: 'one', 'two'" in found and "outside: 'beyond the edge'" in found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_several_fit_on_a_page_whatever_they_are_called(language, size):
    results = [of(name, draws, months) for name, draws, months in CASES]
    results += [
        replace(results[0], scenario="A very long name of a scenario that nobody would like to read in full " * 2)
    ]
    for figure in of_several(results, words(language), size).values():
        assert faults(figure) == []


def test_shares_stand_as_bars_of_baseline_months_and_period():
    result = of("iran_offline")
    figure = single(result, "shares")
    for group in GROUPS:
        rows = [result.get("share", "group", group, month) for month in result.months]
        whole = result.get("share", "group", group)
        expected = [whole.baseline, *(row.mean for row in rows), whole.mean]
        assert bars(figure, group) == pytest.approx([100 * share for share in expected])
    whole = result.get("share", "group", "russia")
    assert f"Russia {100 * (whole.mean - whole.baseline):+.1f}" in said(figure)


def test_fans_have_bands_median_and_baseline():
    result = of("iran_offline")
    figure = single(result, "fan")
    days = np.array([31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28])
    for number, metric in enumerate(METRICS):
        scale = 1000.0 / days if metric == "import_bill_usd_bn" else 1.0
        rows = [result.get(metric, month=month) for month in result.months]
        for label, name in (("p50", "p50"), ("baseline", "baseline")):
            (line,) = lines(figure, label, number)
            assert line[1] == pytest.approx(scale * np.array([getattr(row, name) for row in rows]))
        (band,) = figure.axes[number].collections
        edge = band.get_paths()[0].vertices[:, 1]
        for name, pick in (("p05", min), ("p95", max)):
            assert pick(edge) == pytest.approx(pick(scale * np.array([getattr(row, name) for row in rows])))


def test_numbers_along_an_axis_are_written_as_everywhere():
    figure = single(of("hormuz_closed_1q", 24, 6), "fan")
    ticks = [label.get_text() for axes in figure.axes for label in axes.get_yticklabels()]
    assert all(re.fullmatch(r"-?\d{1,3}(,\d{3})*(\.\d+)?", tick) for tick in ticks) and "1,000" in ticks


def test_the_bill_s_steps_end_at_its_whole_change():
    result = of("iran_offline")
    figure = single(result, "bill_change")
    parts = [row for row in result.rows if (row.metric, row.month) == ("bill_change_usd_bn", HORIZON)]
    assert [bars(figure, row.item) for row in parts] == [[pytest.approx(row.mean)] for row in parts]
    bill = result.get("import_bill_usd_bn")
    assert bars(figure, "whole") == [pytest.approx(bill.mean - bill.baseline)]
    ends = [c[0].get_x() + c[0].get_width() for c in figure.axes[0].containers]
    assert ends[-2] == pytest.approx(ends[-1])
    (whole,) = lines(figure, "whole band")
    assert whole[0] == pytest.approx([bill.p05 - bill.baseline, bill.p95 - bill.baseline])


def test_discounts_have_ring_dot_and_band():
    result = of("iran_offline")
    figure = single(result, "discounts")
    rows = shown(result)
    assert {"iran_light", "russia_espo_kozmino", "venezuela_merey"} <= {row.item for row in rows}
    for label, name in (("baseline", "baseline"), ("mean", "mean")):
        assert [x[0, 0] for x in lines(figure, label)] == pytest.approx([getattr(row, name) for row in rows])
    assert [x[0, 0] for x in lines(figure, "band")] == pytest.approx([row.p05 for row in rows])
    assert [tick.get_text() for tick in figure.axes[0].get_yticklabels()] == [EN.name("stream", r.item) for r in rows]


def test_replacements_are_bars_by_country():
    result = of("iran_offline")
    figure = single(result, "replacements")
    rows = moved(result)
    assert rows[0].item == "iran" and rows[-1].item == "russia"
    for row in rows:
        assert bars(figure, row.item) == [pytest.approx(row.mean)]


def test_ribbons_are_as_wide_as_their_flows_and_fill_both_sides():
    result = of("iran_offline")
    figure = single(result, "flows")
    for axes, name in zip(figure.axes, ("baseline", "mean"), strict=True):
        drawn = {}
        for patch in axes.patches:
            if ":" in str(patch.get_label()):
                points = patch.get_path().vertices
                drawn[patch.get_label()] = points[7, 1] - points[0, 1]
        for buyer in IMPORTERS:
            for group in GROUPS:
                kbd = getattr(result.get("flow_kbd", "buyer_group", f"{buyer}:{group}"), name)
                assert drawn.get(f"{buyer}:{group}", 0.0) == pytest.approx(kbd if kbd >= 1.0 else 0.0)
    china = result.get("flow_kbd", "buyer_group", "china:iran")
    assert china.baseline > 1000 > china.mean


def test_the_line_of_a_threat_is_where_both_cost_the_same():
    bargain = of(THREAT, 24, 3).bargain
    threat, cost = bargain.threat, bargain.comply_cost_usd_bn
    found = chances(threat, cost)
    at = int(np.searchsorted(RATES, 1.0))
    asked = replace(threat, added_rate=np.full_like(cost, RATES[at]))
    own = np.sort(breakeven_probability(asked, cost))
    assert found[1, at] == pytest.approx(own[int(np.ceil(0.5 * len(own))) - 1])
    assert (np.diff(found, axis=1) <= 0.0).all()
    assert excess_usd_bn(threat, cost)[0] == pytest.approx(np.median(cost))


def test_several_stand_side_by_side():
    results = [of("iran_offline"), of("worst_case", 24, 1)]
    found = of_several(results, EN)
    assert list(found) == ["changes", "shares"]
    for number, metric in enumerate(("import_bill_usd_bn", "brent_usd_bbl")):
        rows = [result.get(metric) for result in results]
        expected = [row.mean - row.baseline for row in rows]
        assert [x[0, 0] for x in lines(found["changes"], "mean", number)] == pytest.approx(expected)
    assert "12 months" in said(found["changes"]) and "one month" in said(found["changes"])
    (russia,) = (c for c in found["shares"].axes[0].containers if c.get_label() == "russia")
    share = [result.get("share", "group", "russia") for result in results]
    expected = [share[0].baseline, share[0].mean, share[1].mean]
    assert [patch.get_width() for patch in russia] == pytest.approx([100 * value for value in expected])


def test_captions_say_where_it_comes_from():
    result = of("iran_offline")
    manifest = {**result.manifest, "commit": "0123456789abcdef", "code_changed": True, "version": "9.9"}
    figure = single(replace(result, manifest=manifest), "shares")
    assert "24 draws. Source: oilsim 9.9, baseline early_2026, commit 0123456 with changes." in said(figure)
    nowhere = replace(result, manifest={**manifest, "commit": None})
    assert "Source: oilsim 9.9, baseline early_2026." in said(single(nowhere, "shares"))
    alone = said(single(of("baseline", 1, 2), "fan"))
    assert "Every uncertain number at its mid value: no bands." in alone and "Bands:" not in alone


def test_there_is_nothing_to_draw_where_no_draw_cleared():
    result = of("iran_offline")
    lost = replace(result, unconverged=result.draws)
    assert pictures(lost, EN) == {} and of_several([lost], EN) == {}


@pytest.mark.parametrize("form", ["svg", "png", "pdf"])
def test_bytes_are_the_same_each_time(form, tmp_path: Path):
    for folder in ("one", "two"):
        save({"shares": single(of("iran_offline"), "shares")}, tmp_path / folder, [form])
    (one, two) = ((tmp_path / folder / f"shares.{form}").read_bytes() for folder in ("one", "two"))
    assert one == two and len(one) > 5_000


def test_a_picture_on_a_page_is_by_itself():
    hostile = replace(of("iran_offline"), scenario='<script>alert("1")</script>')
    figures = [*everything(THREAT, 24, 3, "zh", "slide").values(), single(hostile, "shares")]
    made = [as_svg(figure) for figure in figures]
    assert 'aria-label="&lt;script&gt;alert(&quot;1&quot;)' in made[-1]
    names = [set(re.findall(r'\bid="([^"]+)"', text)) for text in made]
    for text, own in zip(made, names, strict=True):
        ElementTree.fromstring(text)
        assert len(text) < 150_000 and text.startswith('<svg role="img" aria-label="')
        assert "<script" not in text and "<!--" not in text and "<style" not in text and "<text" not in text
        assert not re.findall(r'(?:href="|url\()(?!#)', text)
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) <= own
        assert set(re.findall(r"https?://[^\"]+", text)) <= {
            "http://www.w3.org/2000/svg",
            "http://www.w3.org/1999/xlink",
        }
    assert len(set.union(*names)) == sum(map(len, names))


def test_pictures_of_one_page_share_their_letters():
    figures = everything(THREAT, 24, 3, "zh", "slide")
    letters: set[str] = set()
    made = [as_svg(figure, letters) for figure in figures.values()]
    named = [name for text in made for name in re.findall(r'\bid="([^"]+)"', text)]
    assert len(named) == len(set(named)) and letters <= set(named)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', "".join(made))) <= set(named)
    alone = [as_svg(figure) for figure in figures.values()]
    assert sum(map(len, made)) < 0.7 * sum(map(len, alone))
