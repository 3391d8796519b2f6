"""Documents broken in one place: `kg check` refuses one if and only if `kg build` does, and names the place."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeAlias, Union

import pytest
import yaml
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from kg.app.build_options import BuildOptions
from kg.app.builds.build import build
from kg.app.builds.check import check
from kg.errors import DataError, MappingError
from kg.mapping.documents.mapping_vocabulary import read_vocabulary
from kg.shipped_files import ontology_folder
from kg.store import EmbeddedStore
from tests.support.tiny_corpus import TINY

Tree: TypeAlias = Union[str, "list[Tree]", "dict[str, Tree]"]
Holder: TypeAlias = "list[Tree] | dict[str, Tree]"

EXAMPLES = Path(__file__).parents[2] / "examples"
DOCUMENTS = (
    TINY / "bridge.yaml",
    EXAMPLES / "harbour-talks" / "harbour-talks.yaml",
    EXAMPLES / "strait-series" / "1-ferry-fire.yaml",
)
"""Each refers to nothing in another article, so that it can be a corpus of its own without `occurrences`."""
KEYS = sorted(
    {key for kind in read_vocabulary(ontology_folder()).schema["$defs"].values() for key in kind.get("properties", {})}
)
NO_VALUES = ["", "none", "person:nobody", "event/none", "act/none", "0-1", "99-12", "2034-13-01", "x" * 20, "10:30"]


def holders(tree: Tree) -> Iterator[Holder]:
    """Yield every list and mapping of a document but its stamps, which `kg anchor` writes."""
    if isinstance(tree, dict):
        yield tree
        for key, value in tree.items():
            if key != "passages":
                yield from holders(value)
    elif isinstance(tree, list):
        yield tree
        for value in tree:
            yield from holders(value)


def texts(tree: Tree) -> Iterator[str]:
    """Yield all texts of a document."""
    for holder in holders(tree):
        values = holder.values() if isinstance(holder, dict) else holder
        yield from (value for value in values if isinstance(value, str))


def break_tree(tree: Tree, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
    """Change one thing in a document: a key or an item is taken away, renamed, doubled, or has another's value."""

    def one_of(values: list[str]) -> str:
        return values[draw(st.integers(0, len(values) - 1))]

    places = [holder for holder in holders(tree) if holder]
    holder = places[draw(st.integers(0, len(places) - 1))]
    if isinstance(holder, list):
        index = draw(st.integers(0, len(holder) - 1))
        change = draw(st.integers(0, 2))
        if change == 0:
            del holder[index]
        elif change == 1:
            holder.append(yaml.load(yaml.safe_dump(holder[index]), yaml.BaseLoader))  # noqa: S506 -- all values are text
        else:
            holder[index] = one_of([*texts(tree)])
        return
    key = one_of([*holder])
    change = draw(st.integers(0, 5))
    if change <= 1:
        del holder[key]
    elif change == 2:
        holder[one_of(KEYS)] = holder.pop(key)
    elif change == 3:
        holder[key] = one_of(NO_VALUES)
    else:
        # What other keys of that name have is likelier to fit, and so to be found late.
        like = [
            value for other in holders(tree) if isinstance(other, dict) and isinstance(value := other.get(key), str)
        ]
        holder[key] = one_of(like or [*texts(tree)])


def refusal(action: Callable[[], object]) -> DataError | None:
    try:
        action()
    except DataError as error:
        return error
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_check_refuses_a_broken_document_if_and_only_if_the_build_does(document: Path) -> None:
    valid = document.read_text("utf-8")

    # A build of the larger ones takes seconds, so that none is made smaller: the note of a failure shows the fault.
    @settings(max_examples=40 if document.parent == TINY else 6, deadline=None, phases=[Phase.generate])
    @given(st.data())
    def hold(data: st.DataObject) -> None:
        tree: Tree = yaml.load(valid, yaml.BaseLoader)  # noqa: S506 -- all values are text
        for _ in range(data.draw(st.integers(1, 2))):
            break_tree(tree, data.draw)
        broken = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=1000)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(shutil.copytree(document.parent, Path(name) / "corpus"))
            corpus = folder / "corpus.yaml"
            listed = re.sub(
                r"articles:(\s*-.*)+|articles: .*", f"articles: [{document.name}]", corpus.read_text("utf-8")
            )
            corpus.write_text(listed, "utf-8")
            authority = folder / "authority.yaml"
            authority.write_text(authority.read_text("utf-8").partition("\noccurrences:")[0] + "\n", "utf-8")
            (folder / document.name).write_text(broken, "utf-8")
            of_check = refusal(partial(check, corpus))
            of_build = refusal(
                partial(build, corpus, partial(EmbeddedStore.open, Path(name) / "store"), BuildOptions(jobs=1))
            )
        note(f"check: {of_check}\nbuild: {of_build}")
        assert bool(of_check) == bool(of_build)
        if of_check:
            assert isinstance(of_check, MappingError)
            assert all(problem.location.file.name == document.name for problem in of_check.problems)
            assert all(problem.location.line for problem in of_check.problems)

    hold()


@pytest.mark.parametrize(
    "document", sorted((EXAMPLES / "strait-series").glob("[0-9]*.yaml")), ids=lambda file: file.stem
)
def test_an_article_of_a_corpus_without_fault_is_without_fault_by_itself(document: Path) -> None:
    assert len(check(document).corpus.articles) == 5
