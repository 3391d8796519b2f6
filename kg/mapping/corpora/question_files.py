"""Example questions, a corpus's or shipped ones: `.rq` files, each with its question in the first comment line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from kg.errors import Location, MappingError, Problem, raise_if

THEME = re.compile(r"^#\s*Theme:\s*(\S.*?)\s*$", re.MULTILINE)
"""The comment that gives the heading under which a question is listed."""
OTHER_QUESTIONS = "Other questions"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Question:
    """A question and the query that answers it; `name` is the file's name without its ending."""

    name: str
    text: str
    query: str
    file: Path | None = field(default=None, compare=False, repr=False)
    """The file that the question was read from; None if it comes from a store."""

    @property
    def theme(self) -> str:
        """Return the heading under which the question is listed."""
        match = THEME.search(self.query)
        return match[1] if match else OTHER_QUESTIONS


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Read the questions of a folder, sorted by name; a question without a comment in its first line is its name."""
    return tuple(_read(file) for file in sorted(folder.glob("*.rq")))


def read_corpus_questions(folder: Path, location: Location) -> tuple[Question, ...]:
    """Read the questions of a corpus, sorted by name. Raises MappingError with every fault of the folder and files."""
    files = sorted(folder.glob("*.rq")) if folder.is_dir() else []
    if not files:
        reason = "it has no .rq file" if folder.is_dir() else "there is no such folder"
        raise MappingError([Problem(location, f"{folder} is not a folder of example questions: {reason}.")])
    read = [(file, _question_or_fault(file)) for file in files]
    raise_if(Problem(Location(file), fault) for file, fault in read if isinstance(fault, str))
    return tuple(question for _, question in read if isinstance(question, Question))


def _question_or_fault(file: Path) -> Question | str:
    """Return a file's question, or a sentence that describes its fault."""
    if not _NAME.fullmatch(file.stem):
        return f"{file.stem!r} cannot be part of a URL: expected letters, digits, '.', '_' and '-'."
    try:
        question = _read(file)
    except (OSError, UnicodeDecodeError) as error:
        return f"the question cannot be read: {error}."
    if not re.match(r"#(?:#|[^\S\n])*[^#\s]", question.query):
        return "the first line has to be a comment with the question in words, such as `# Who met whom?`."
    return question


def _read(file: Path) -> Question:
    # Windows editors begin a file with a byte order mark, which is not SPARQL.
    query = file.read_text("utf-8-sig")
    return Question(file.stem, query.partition("\n")[0].lstrip("# ").strip() or file.stem, query, file)
