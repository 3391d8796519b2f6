"""Files with the words of an article's passages, so that curators can read offsets; kept out of repositories."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.durable_files import replace_synced
from kg.mapping.passages.source_texts import WORDS_ENDING, SourceText
from kg.mapping.passages.text_spans import TextSpan


def passage_words(spans: Iterable[TextSpan], text: str) -> str:
    """Return the offsets and words of passages, one passage a line."""
    return "".join(f"{span}\t{' '.join(span.of(text).split())}\n" for span in sorted(set(spans)))


def write_words(spans: Iterable[TextSpan], source: SourceText) -> list[Path]:
    """Write the words of passages to a file beside their text, and have Git ignore it; return the files written."""
    ignored = keep_out_of_repository(source.file.parent, WORDS_ENDING)
    file = source.file.with_suffix(WORDS_ENDING)
    replace_synced(file, passage_words(spans, source.text))
    return [file, *ignored]


def refresh_words(spans: Iterable[TextSpan], source: SourceText) -> None:
    """Update the file of words beside a text, if there is one."""
    file = source.file.with_suffix(WORDS_ENDING)
    words = passage_words(spans, source.text)
    if file.is_file() and file.read_bytes() != words.encode():
        replace_synced(file, words)


def keep_out_of_repository(folder: Path, ending: str) -> list[Path]:
    """Have Git ignore files with this ending, since texts may not be published; return the files changed."""
    file = folder / ".gitignore"
    line, present = f"*{ending}\n", file.read_text("utf-8") if file.is_file() else ""
    if line in present:
        return []
    gap = "" if present.endswith("\n") or not present else "\n"
    replace_synced(file, f"{present}{gap}{line}")  # other processes may be reading it
    return [file]
