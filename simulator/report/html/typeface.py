"""Chinese type that travels with the page: the shipped font, cut to the characters that stand on it."""

from __future__ import annotations

import io
import logging
from base64 import b64encode

from simulator.report.figures.lettering import FONT

WIDE_FROM = 0x2E80
"""Code points from here on are those of Chinese and its signs: any font has the letters before."""


def embedded(text: str) -> str:
    """The font with just the characters of a text, as a data address; nothing where none of them is Chinese.

    Characters the font does not have are left to the reader's machine.
    """
    signs = {ord(sign) for sign in set(text)}
    if all(sign < WIDE_FROM for sign in signs):
        return ""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it tells of each table it leaves out
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=[])
    with TTFont(FONT, lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=signs)
        cutter.subset(font)
        font.flavor = "woff"
        written = io.BytesIO()
        font.save(written)
    return f"data:font/woff;base64,{b64encode(written.getvalue()).decode()}"
