"""Writes citations as text, Markdown, BibTeX and CSL-JSON, each with the data escaped by its own rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from kg.formats import BIBTEX, CSL, MARKDOWN, TEXT, Format
from server.pages.citations import ISOLATES, Citation, CitedPart

BIBTEX_ESCAPES = {
    "\\": r"\textbackslash{}",
    # Not \{ and \}: BibTeX counts braces regardless of a backslash, and a single one would end the entry.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    **{character: f"\\{character}" for character in "#$%&_"},
    **dict.fromkeys(ISOLATES, ""),
}
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&!$]")
# After a number too: it would begin a list, or underline a heading.
_LINE_START = re.compile(r"^(\d*)([-+=.])")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9]+")


def write_citation(citation: Citation, format_: Format) -> str:
    """Return a citation in a format."""
    return WRITERS[format_](citation)


def _as_text(citation: Citation) -> str:
    parts = _joined(citation, lambda part: "\n".join(part.lines))
    return f"{parts}\n{citation.corpus}, version {citation.version}: {citation.permalink}\n"


def _as_markdown(citation: Citation) -> str:
    parts = _joined(citation, lambda part: "> " + "\n\n".join(map(escape_markdown, part.lines)))
    return f"{parts}\n\nFrom {escape_markdown(citation.corpus)}, version {citation.version}: <{citation.permalink}>\n"


def _joined(citation: Citation, write: Callable[[CitedPart], str]) -> str:
    return f"\n\nThis {citation.relation}:\n\n".join(map(write, citation.parts))


def escape_markdown(text: str) -> str:
    """Return a line of text, escaped so that Markdown shows it unchanged."""
    return _LINE_START.sub(r"\1\\\2", _MARKUP.sub(lambda match: f"\\{match[0]}", text))


def _as_bibtex(citation: Citation) -> str:
    article = next((part.article for part in citation.parts if part.article), None)
    day = _DAY.match(article.published) if article else None
    fields = {
        "title": f"{{{_bibtex(citation.title)}}}",
        "howpublished": _bibtex(f"In: {'; '.join(_articles(citation))}") if article else "",
        "year": day[1] if day else "",
        "month": str(int(day[2])) if day else "",
        "note": _bibtex(f"{_quotations(citation)}{citation.corpus}, version {citation.version}"),
        "version": citation.version,
        "url": citation.permalink,
    }
    body = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{_key(citation)},\n{body}}}\n"


def _bibtex(text: str) -> str:
    return "".join(BIBTEX_ESCAPES.get(character, character) for character in text)


def _key(citation: Citation) -> str:
    name = _NOT_IN_KEYS.sub("-", citation.iri.rstrip("/").rpartition("/")[2]).strip("-")
    return f"{citation.kind}-{name[:60] or 'cited'}-{citation.version}"


def _quotations(citation: Citation) -> str:
    return "".join(f"{part.quoted_words}. " for part in citation.parts if part.is_quotation)


def _articles(citation: Citation) -> list[str]:
    return [*dict.fromkeys(part.article.words for part in citation.parts if part.article)]


def _as_csl(citation: Citation) -> str:
    article = next((part.article for part in citation.parts if part.article), None)
    day = _DAY.match(article.published) if article else None
    values = {
        "id": _key(citation),
        "type": "webpage",
        "title": citation.title,
        "container-title": "; ".join(_articles(citation)),
        "publisher": citation.corpus,
        "issued": {"date-parts": [[int(number) for number in day.groups()]]} if day else None,
        "abstract": _quotations(citation).strip(),
        "note": f"{citation.corpus}, version {citation.version}; {citation.iri}",
        "version": citation.version,
        "URL": citation.permalink,
    }
    return json.dumps([{name: value for name, value in values.items() if value}], ensure_ascii=False, indent=2) + "\n"


WRITERS: Mapping[Format, Callable[[Citation], str]] = {
    TEXT: _as_text,
    MARKDOWN: _as_markdown,
    BIBTEX: _as_bibtex,
    CSL: _as_csl,
}
