"""The queries of pages: a file each, with parameters such as `$this` in the place of terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

QUERIES_FOLDER = Path(__file__).with_name("queries")


def load_query(name: str, **terms: str) -> tuple[str, str]:
    """Return a query's title (its first comment) and its text with terms substituted for variables."""
    title, text = _read_query_file(name)
    return title, fill_variables(text, terms)


def fill_variables(text: str, terms: Mapping[str, str]) -> str:
    """Return a query with terms substituted for its `$` variables."""
    for variable, spelled in terms.items():
        # A function, since a template would interpret the backslashes of a term.
        text = re.sub(rf"\${variable}\b", lambda _, spelled=spelled: spelled, text)  # type: ignore[misc]
    return text


@cache
def _read_query_file(name: str) -> tuple[str, str]:
    text = (QUERIES_FOLDER / f"{name}.rq").read_text(encoding="utf-8")
    first, _, rest = text.partition("\n")
    return first.lstrip("# ").strip(), rest.strip() + "\n"
