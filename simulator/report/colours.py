"""The colours of every picture, drawn by matplotlib or in a browser."""

from __future__ import annotations

INK, QUIET = "#1A1A1A", "#595959"
MORE, LESS = "#D55E00", "#0072B2"
"""Of a change: costs more, costs less."""
GROUP_COLOURS = {
    "russia": "#D55E00",
    "iran": "#009E73",
    "venezuela": "#CC79A7",
    "gulf": "#0072B2",
    "us": "#56B4E9",
    "other": "#B8B8B8",
}
"""Okabe and Ito (2008), and a grey: told apart by colour-blind readers; a supplier has its colour everywhere."""
