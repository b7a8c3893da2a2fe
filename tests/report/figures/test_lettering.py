"""Every character that may be shown has a glyph; what has none is told and not a silent box."""

import pytest
from matplotlib.ft2font import FT2Font

from simulator.report.figures import lettering, pictures
from simulator.report.figures.lettering import FONT, readable
from simulator.report.figures.look import REPORT, drawn
from simulator.report.figures.sheet import Said, sheet
from simulator.report.language import TABLES, words
from supply.font import FILE, characters
from tests.report.figures.runs import of
from tests.report.figures.seen import faults

LEVEL_ONE = [bytes((row, cell)).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)]
OPEN, CLOSE = "\uff08", "\uff09"


def shipped() -> set[int]:
    return set(FT2Font(str(FONT)).get_charmap())


@pytest.mark.parametrize("table", sorted(TABLES.glob("*.yaml")), ids=lambda table: table.stem)
def test_the_shipped_font_has_every_character_of_the_words(table):
    said = set(table.read_text(encoding="utf-8")) - {"\n"}
    assert len(said) > 20
    assert {sign for sign in said if ord(sign) not in shipped()} == set()


def test_it_has_the_characters_in_common_use():
    common = {sign for sign in LEVEL_ONE if sign}
    assert len(common) == 3755 and {ord(sign) for sign in common} <= shipped()
    assert FONT.name == FILE and len(shipped() & {ord(sign) for sign in characters()}) > 4000
    assert FONT.stat().st_size < 1_500_000
    assert "SIL OPEN FONT LICENSE" in FONT.with_name("OFL.txt").read_text(encoding="utf-8").upper()


def test_a_character_that_no_font_has_is_told_and_shown_as_a_question_mark(capsys, monkeypatch):
    monkeypatch.setattr(lettering, "_elsewhere", lambda sign: None)
    unknown = "\U00013000"
    lettering._has_glyph.cache_clear()
    text = f"Iran {unknown}{unknown} offline\x1b[31m"
    assert readable(text) == "Iran ?? offline?[31m"
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"no font on this machine can show {unknown} (U+13000): ? instead"]


def test_a_character_of_another_font_of_the_machine_is_borrowed(monkeypatch):
    lettering._has_glyph.cache_clear()
    monkeypatch.setattr(lettering, "_elsewhere", lambda sign: "DejaVu Serif")
    monkeypatch.setattr(lettering, "_borrowed", [])
    assert readable("\U00013001") == "\U00013001"
    assert lettering.families() == ["oilsim Sans SC", "DejaVu Sans", "DejaVu Serif"]
    lettering._has_glyph.cache_clear()


@pytest.mark.parametrize("name", ["$x_1$ & 100 %", "x" * 500, "烷烃 склад 𠮷 नमस्ते", "two\nlines\tand tabs"])
def test_a_name_is_drawn_as_it_is_written(name, recwarn):
    from dataclasses import replace

    found = pictures(replace(of("baseline", 1, 2), scenario=name), words("zh"))
    assert faults(found["shares"]) == []
    assert not [str(one.message) for one in recwarn if "Glyph" in str(one.message)]


@pytest.mark.parametrize(
    "text", ["Crude oil, loaded for each buyer; " * 8, f"中国买谁的原油{OPEN}千桶/日{CLOSE}。" * 20]
)
def test_long_words_are_folded_to_the_page(text):
    with drawn(REPORT):
        page = sheet(Said(text, text, text), REPORT, 2.0)
    assert faults(page.figure) == []
    for words_ in page.figure.texts:
        lines = words_.get_text().split("\n")
        assert len(lines) > 1
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line.startswith(("。", CLOSE, ",", ";")) or line.endswith(OPEN) for line in lines)
