"""The example questions of a corpus: a folder of `.rq` files, each with its question in the first comment line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.errors import Location, MappingError, Problem, raise_if

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class CorpusQuestion:
    """A question and the query that answers it; `name` is its file's name without the ending."""

    name: str
    text: str
    query: str
    file: Path


def read_corpus_questions(folder: Path, location: Location) -> tuple[CorpusQuestion, ...]:
    """Read the questions of a folder, by name. Raises MappingError with every fault of the folder and its files."""
    files = sorted(folder.glob("*.rq")) if folder.is_dir() else []
    if not files:
        reason = "it has no .rq file" if folder.is_dir() else "there is no such folder"
        raise MappingError([Problem(location, f"{folder} is not a folder of example questions: {reason}.")])
    read = [(file, _question_or_fault(file)) for file in files]
    raise_if(Problem(Location(file), fault) for file, fault in read if isinstance(fault, str))
    return tuple(question for _, question in read if isinstance(question, CorpusQuestion))


def _question_or_fault(file: Path) -> CorpusQuestion | str:
    """Return a file's question, or a sentence about what is wrong with it."""
    if not _NAME.fullmatch(file.stem):
        return f"{file.stem!r} cannot be part of a URL: expected letters, digits, '.', '_' and '-'."
    try:
        # Editors of Windows begin a file with a byte order mark, which is no SPARQL.
        query = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return f"the question cannot be read: {error}."
    first = query.partition("\n")[0]
    text = first.lstrip("# ").strip()
    if not first.startswith("#") or not text:
        return "the first line has to be a comment with the question in words, such as `# Who met whom?`."
    return CorpusQuestion(file.stem, text, query, file)
