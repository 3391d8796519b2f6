"""The words of an article's passages beside its text, so that a curator can read offsets; kept out of a repository."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kg.durable_files import replace_synced
from kg.mapping.source_texts import WORDS_ENDING, SourceText
from kg.mapping.text_spans import TextSpan


def passage_words(spans: Iterable[TextSpan], text: str) -> str:
    """Return the words of passages beside their offsets, a line each."""
    return "".join(f"{span}\t{' '.join(span.of(text).split())}\n" for span in sorted(set(spans)))


def write_words(spans: Iterable[TextSpan], source: SourceText) -> list[Path]:
    """Write the words of passages beside their text, and have Git ignore them; return the files written."""
    ignored = keep_out_of_repository(source.file.parent, WORDS_ENDING)
    file = source.file.with_suffix(WORDS_ENDING)
    replace_synced(file, passage_words(spans, source.text))
    return [file, *ignored]


def refresh_words(spans: Iterable[TextSpan], source: SourceText) -> None:
    """Bring the words beside a text up to date, if somebody has had them written."""
    file = source.file.with_suffix(WORDS_ENDING)
    words = passage_words(spans, source.text)
    if file.is_file() and file.read_bytes() != words.encode():
        replace_synced(file, words)


def keep_out_of_repository(folder: Path, ending: str) -> list[Path]:
    """Have Git ignore the files of a folder with an ending, as texts may not be published; return what was changed."""
    file = folder / ".gitignore"
    line, present = f"*{ending}\n", file.read_text("utf-8") if file.is_file() else ""
    if line in present:
        return []
    gap = "" if present.endswith("\n") or not present else "\n"
    replace_synced(file, f"{present}{gap}{line}")  # other processes may be reading it
    return [file]
