"""Equations as MathML, which browsers show by themselves: no script, no fonts, no network."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

EQUATION = re.compile(
    r'<span class="arithmatex">\\\((?P<inline>.*?)\\\)</span>'
    r'|<div class="arithmatex">\s*\\\[(?P<block>.*?)\\\]\s*</div>',
    re.DOTALL,
)


def drawn(page: str) -> str:
    """A page with what `arithmatex` marked as TeX turned into MathML."""
    return EQUATION.sub(_mathml, page)


def _mathml(found: re.Match[str]) -> str:
    inline = found["inline"] is not None
    tex = html.unescape(found["inline"] if inline else found["block"]).strip()
    tex = tex.replace(r"\ln", r"\,\ln\,")  # MathML knows no space around a logarithm
    equation = convert(tex, display="inline" if inline else "block")
    return equation if inline else f'<div class="equation">{equation}</div>'
