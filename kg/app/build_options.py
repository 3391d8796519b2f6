"""How to build: the reasoner, the time to record, the articles' texts to check against, and who is told of progress."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

RULES, OWLRL = "rules", "owlrl"
QUERIES, PYSHACL = "queries", "pyshacl"

Progress = Callable[[str], None]
"""Called with a sentence as each step begins."""


Counted = Callable[[int, int], None]
"""Called with how many articles are done, and how many there are."""


def no_progress(_: str) -> None:
    """Report nothing."""


def not_counted(_done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class BuildOptions:
    """Which reasoner infers, whether its closure is compared with owlrl's, and the time to record."""

    reasoner: str = RULES
    cross_check: bool = False
    time: datetime | None = None
    sources: Path | None = None
    """A folder with the articles' texts, against which every passage is checked."""
    force: bool = False
    """Whether everything is built, whatever has changed."""
    jobs: int = 1
    """Processes that build articles; 0 for one a core."""
    strict: bool = False
    """Whether one article at fault fails the build; otherwise it is left out."""
    documents: tuple[Path, ...] = ()
    """The articles that are built, if not all that the corpus lists."""
    counted: Counted = not_counted
    validator: str = QUERIES
    """Whether compiled shapes tell what may violate one, or pySHACL alone."""
    cluster: str = ""
    """The address of the scheduler of a Dask cluster whose workers build the articles; this machine does without it."""
    together: bool = False
    """Whether everything is read, inferred from and validated as one graph, as the reference of the other way."""

    @property
    def is_reference(self) -> bool:
        """Tell whether everything is built as one graph."""
        return self.together or self.cross_check or self.reasoner == OWLRL or self.validator == PYSHACL


DEFAULT_OPTIONS = BuildOptions()
