"""The example questions: one `.rq` file each, its first comment line the question in English."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from server.site import site


@dataclass(frozen=True)
class Question:
    """A question and the query that answers it; `name` is its file's name without the ending."""

    name: str
    text: str
    query: str


def questions() -> tuple[Question, ...]:
    """Return the site's example questions by name; none where it was given no folder of them."""
    folder = site().settings.questions
    return tuple(_read(path) for path in sorted(folder.glob("*.rq"))) if folder else ()


def _read(path: Path) -> Question:
    query = path.read_text(encoding="utf-8")
    first = query.partition("\n")[0]
    return Question(path.stem, first.lstrip("# ").strip() or path.stem, query)
