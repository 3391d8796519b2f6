"""Draws cards as PNG with resvg, which the extra `png` installs, in fonts of the machine."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus

from kg.errors import RequestError
from kg.extras import needs_extra
from server.http.errors import HttpError

# resvg draws no text in a missing family: the first one that the machine has is used.
SANS_SERIF = ("DejaVu Sans", "Noto Sans", "Liberation Sans", "Open Sans", "Roboto", "Arial", "Helvetica")
_SAMPLE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">{}</svg>'


def draws_pictures() -> bool:
    """Return whether this server can draw a card as PNG."""
    return not _reason_against()


def draw_picture(svg: str) -> bytes:
    """Return a picture as PNG. Raises HttpError 501, with what to install, if this server cannot draw it."""
    if reason := _reason_against():
        raise HttpError(HTTPStatus.NOT_IMPLEMENTED, f"{reason} The card is at the same address as SVG.")
    return _rasterize(svg, _installed())


@cache
def _reason_against() -> str:
    """Return the reason why no picture can be drawn, empty if it can."""
    try:
        has_fonts = _installed()
    except RequestError as error:
        return str(error)
    expected = ", ".join(SANS_SERIF)
    return "" if has_fonts else f"This machine has no font to draw letters with: expected one of {expected}."


@cache
def _installed() -> str:
    """Return the first installed family, empty if there is none: letters in an installed family leave a mark."""
    blank = _rasterize(_SAMPLE.format(""))
    letter = '<text y="8" font-size="8" font-family="{}">H</text>'
    drawn = (family for family in SANS_SERIF if _rasterize(_SAMPLE.format(letter.format(family))) != blank)
    return next(drawn, "")


def _rasterize(svg: str, sans_serif: str | None = None) -> bytes:
    with needs_extra("png"):
        import resvg_py  # noqa: PLC0415 -- only the extra brings it
    return resvg_py.svg_to_bytes(svg_string=svg, sans_serif_family=sans_serif)
