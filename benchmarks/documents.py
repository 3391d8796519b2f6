"""A corpus of many made-up mapping documents: the worked example told again of other people, in other years.

Seeded: the same count gives the same bytes. `python -m benchmarks.documents COUNT FOLDER` writes one to be built.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from random import Random

EXAMPLE = Path(__file__).parents[1] / "examples" / "harbour-talks"
SHARE = 10
"""Articles that there are for each copy of a shared person, organization, place or post."""
SHARED = re.compile(r"\b(?:person|organization|place|post):[a-z-]+")
ENTRY = re.compile(r"^  - \{id: ([^,]+), name: ", re.MULTILINE)
YEAR = re.compile(r"\b2034(?=-\d\d)")


def write_documents(folder: Path, count: int, seed: int = 7) -> Path:
    """Write a corpus of so many articles into a new folder, and return it."""
    folder.mkdir(parents=True)
    copies = max(1, count // SHARE)
    article = (EXAMPLE / "harbour-talks.yaml").read_text("utf-8")
    for number in range(count):
        (folder / f"made-up-{number:05}.yaml").write_text(made_up(article, number, copies, seed), "utf-8")
    (folder / "authority.yaml").write_text(authority(copies), "utf-8")
    head = (EXAMPLE / "corpus.yaml").read_text("utf-8").partition("outside:")[0]
    names = "".join(f"  - made-up-{number:05}.yaml\n" for number in range(count))
    (folder / "corpus.yaml").write_text(f"{head}articles:\n{names}", "utf-8")
    return folder


def made_up(article: str, number: int, copies: int, seed: int = 7) -> str:
    """Return one article's document: whom it speaks of is drawn, and its year is its own."""
    random = Random(f"{seed} article {number}")  # noqa: S311 -- no secret
    copy = random.randrange(copies)  # of all together: a post has one holder at a time, and is in one organization
    text = SHARED.sub(lambda match: named(match[0], copy), article)
    text = YEAR.sub(str(2000 + number % 30), text)
    return text.replace("article: harbour-talks", f"article: made-up-{number}", 1)


def authority(copies: int) -> str:
    """Return what the articles share: every copy of every shared thing, each under a name of its own."""
    text = (EXAMPLE / "authority.yaml").read_text("utf-8")
    return re.sub(
        r"((?:^  - .*\n)+)",
        lambda block: "".join(_copied(block[0], copy) for copy in range(copies)),
        text,
        flags=re.MULTILINE,
    )


def named(name: str, copy: int) -> str:
    """Return the name of a copy; the first copy keeps the name."""
    return f"{name}-{copy}" if copy else name


def _copied(block: str, copy: int) -> str:
    return ENTRY.sub(lambda match: f"  - {{id: {named(match[1], copy)}, name: {f'{copy} ' if copy else ''}", block)


if __name__ == "__main__":
    write_documents(Path(sys.argv[2]), int(sys.argv[1]))
