"""Cut the font of pictures and pages out of Noto Sans SC: the characters that people here write, and no others.

    python -m supply.font FOLDER

FOLDER is the unpacked npm package `@expo-google-fonts/noto-sans-sc` (0.4.3 was used). Needs fonttools.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from simulator.report.language import TABLES

FONTS = TABLES.with_name("fonts")
FAMILY, FILE = "oilsim Sans SC", "oilsim-sans-sc.ttf"
SOURCE, LICENCE = Path("400Regular/NotoSansSC_400Regular.ttf"), Path("LICENSE_FONT")
COMMON_ROWS = range(0xB0, 0xD8)
"""GB 2312 level 1: the 3,755 characters in common use, by the first byte of their code."""
BLOCKS = ((0x20, 0x7F), (0xA0, 0x180), (0x2010, 0x2028), (0x2030, 0x203B), (0x2190, 0x2194), (0x3000, 0x3018))
SIGNS = ((0x20AC, 0x20AD), (0x391, 0x3CA), (0x2212, 0x2213), (0x2248, 0x2266), (0xFF01, 0xFF5F))
"""Latin letters, dashes, quotes, arrows, Chinese stops; the euro, Greek, minus, about and at most, full width."""


def main() -> None:
    """Write the font and its licence into the package."""
    parser = argparse.ArgumentParser(prog="python -m supply.font", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    FONTS.mkdir(exist_ok=True)
    cut(folder / SOURCE, FONTS / FILE)
    shutil.copyfile(folder / LICENCE, FONTS / "OFL.txt")


def characters() -> set[str]:
    """What the font has to show: GB 2312 level 1, Latin letters, signs, and all that the tables of words say."""
    codes = [bytes((row, cell)) for row in COMMON_ROWS for cell in range(0xA1, 0xFF)]
    common = {code.decode("gb2312", errors="ignore") for code in codes} - {""}
    signs = {chr(code) for first, end in (*BLOCKS, *SIGNS) for code in range(first, end)}
    said = {sign for table in TABLES.glob("*.yaml") for sign in table.read_text(encoding="utf-8")}
    return common | signs | said


def cut(source: Path, made: Path) -> None:
    """Keep the characters that are wanted, under a name of its own so that no installed font is taken for it."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(source, recalcTimestamp=False)
    options = Options(hinting=False, desubroutinize=True, name_IDs=[0, 1, 2, 4, 6, 13, 14], layout_features=["kern"])
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters())))
    subsetter.subset(font)
    for record in font["name"].names:
        named = {1: FAMILY, 4: FAMILY, 6: FAMILY.replace(" ", "")}
        record.string = named.get(record.nameID, record.toUnicode())
    font.save(made)


if __name__ == "__main__":
    main()
