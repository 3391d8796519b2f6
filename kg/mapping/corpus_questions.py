"""The example questions that a corpus brings: a folder of `.rq` files, the first comment line of each in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Location, MappingError, Problem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class CorpusQuestion:
    """A question and the query that answers it; `name` is its file's name without the ending."""

    name: str
    text: str
    query: str
    file: Path


def read_corpus_questions(folder: Path, location: Location) -> tuple[CorpusQuestion, ...]:
    """Read a folder's questions by name; MappingError holds what is wrong with the folder and each file."""
    files = sorted(folder.glob("*.rq")) if folder.is_dir() else []
    if not files:
        what = "it holds no .rq file" if folder.is_dir() else "there is no such folder"
        raise MappingError([Problem(location, f"{folder} is no folder of example questions: {what}.")])
    found: list[CorpusQuestion] = []
    problems: list[Problem] = []
    for file in files:
        fault = _read(file, found)
        if fault is not None:
            problems.append(Problem(Location(file), fault))
    if problems:
        raise MappingError(problems)
    return tuple(found)


def _read(file: Path, found: list[CorpusQuestion]) -> str | None:
    """Append a file's question, or say what is wrong with it."""
    if not _NAME.fullmatch(file.stem):
        return f"{file.stem!r} cannot stand in an address: expected letters, digits, '.', '_' and '-'."
    try:
        query = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return f"the question cannot be read: {error}."
    first = query.partition("\n")[0]
    text = first.lstrip("# ").strip()
    if not first.startswith("#") or not text:
        return "the first line has to be a comment with the question in words, such as `# Who met whom?`."
    found.append(CorpusQuestion(file.stem, text, query, file))
    return None
