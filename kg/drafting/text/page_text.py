"""The article of a saved page: its title, byline, date and paragraphs. The only module that imports trafilatura."""

from __future__ import annotations

from pathlib import Path

from kg.errors import PayloadError
from kg.extras import needs_extra


def page_text(data: bytes, file: Path) -> str:
    """Return the title, the byline with the date, and the body of a page's article, as paragraphs.

    Raises PayloadError if the page has no article, and RequestError if the extra is not installed.
    """
    with needs_extra("draft"):
        from trafilatura import bare_extraction  # noqa: PLC0415 -- an extra
    # Nothing is fetched: only the page's bytes are read. Comments by readers are left out.
    article = bare_extraction(data, include_comments=False, include_tables=False, with_metadata=True)
    if article is None or isinstance(article, dict) or not article.text:
        raise PayloadError(f"{file} is a page without an article that can be told apart from what surrounds it.")
    paragraphs = [line.strip() for line in article.text.splitlines() if line.strip()]
    byline = ", ".join(part for part in (article.author and f"By {article.author}", article.date) if part)
    head = [part for part in (article.title, byline) if part]
    return "\n\n".join([*head, *(part for part in paragraphs if part not in head)]) + "\n"
