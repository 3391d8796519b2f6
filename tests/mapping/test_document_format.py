"""`kg format`: keys in the schema's order, comments kept where they belong, and a second run changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from kg.errors import MappingError
from kg.mapping.authoring.document_format import formatted_text
from kg.mapping.documents.mapping_vocabulary import read_json_schema
from kg.mapping.documents.yaml_document import parse_document, to_json
from kg.shipped_files import ontology_folder
from tests.support.command_line import here

ROOT = Path(__file__).parents[2]
SCHEMA = read_json_schema(ontology_folder())
DOCUMENTS = [*sorted((ROOT / "examples").glob("*/*.yaml")), ROOT / "tests" / "mapping" / "valid" / "traps.yaml"]
WRITTEN = """\
# yaml-language-server: $schema=x

title: A bridge  # of our own
# the name
article: sel
statements:
  # who it is
  - gist: 'No: never.'
    # not in the text

    id: statement/a  # first

    says: {gist: "It is, so.", id: proposition/a}
    at: [9-10,
      3-4]  # both
    act: assert
    source: person/quill


  - {at: 5-6, id: statement/b, act: deny, # short
    source: person/quill, relays: statement/a}
passages:
  10-12: {digest: b}
  9-10: {digest: a}
people:
- name: Ada Quill
  id: person/quill
# the end
"""
FORMATTED = """\
# yaml-language-server: $schema=x

# the name
article: sel
title: A bridge  # of our own

people:
  - id: person/quill
    name: Ada Quill

statements:
  # who it is
  # not in the text

  - id: statement/a  # first
    source: person/quill
    act: assert
    gist: 'No: never.'

    says: {id: proposition/a, gist: "It is, so."}
    at: [9-10, 3-4]  # both

  - {id: statement/b, source: person/quill, act: deny, relays: statement/a, at: 5-6}  # short

passages:
  9-10: {digest: a}
  10-12: {digest: b}
# the end
"""


def formatted(text: str) -> str:
    return formatted_text(parse_document(Path("a.yaml"), text), SCHEMA)


def test_keys_are_in_order_comments_with_what_they_belong_to_and_brackets_on_one_line() -> None:
    assert formatted(WRITTEN) == FORMATTED


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_a_documents_values_and_comments_stay_and_a_second_run_changes_nothing(document: Path) -> None:
    require_kept(document.read_text("utf-8"))


def require_kept(text: str) -> None:
    result = formatted(text)
    assert to_json(parse_document(Path("a.yaml"), result).root) == to_json(parse_document(Path("a.yaml"), text).root)
    assert formatted(result) == result
    assert sorted(re.findall("# comment [0-9]+", result)) == sorted(re.findall("# comment [0-9]+", text))


SCALARS = st.text(st.sampled_from([*"ab1 :#-'\"[]{},|>\n\\é\u2028"]), max_size=8) | st.sampled_from(["10-12", "9-10"])
INNER_KEYS = st.sampled_from(["id", "gist", "says", "at", "10-12", "9-10", "a b", "- c", "it's"])
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER_KEYS, inner, max_size=3), max_leaves=12
)
STYLES = {"block": False, "flow": True, "both": None}
KEYS = st.sampled_from(["article", "title", "people", "statements", "says", "at", "gist", "passages", "other"])


@settings(max_examples=150, deadline=None, phases=[Phase.generate])
@given(st.dictionaries(KEYS, TREES, min_size=1), st.sampled_from([*STYLES]), st.integers(8, 90), st.data())
def test_any_document_keeps_its_values_and_its_comments(
    tree: dict[str, object], style: str, width: int, data: st.DataObject
) -> None:
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, default_flow_style=STYLES[style], width=width)
    for number in range(data.draw(st.integers(0, 4))):
        lines = text.splitlines(keepends=True)
        at = data.draw(st.integers(0, len(lines)))
        line = data.draw(st.sampled_from(["\n", f"# comment {number}\n", f"      # comment {number}\n"]))
        longer = "".join([*lines[:at], line, *lines[at:]])
        try:
            same = to_json(parse_document(Path("a.yaml"), longer).root) == to_json(
                parse_document(Path("a.yaml"), text).root
            )
        except MappingError:
            same = False
        text = longer if same else text  # a line inside a value belongs to that
    require_kept(text)


def test_check_changes_nothing_and_ends_with_status_1_if_there_is_something_to_change(tmp_path: Path) -> None:
    document = tmp_path / "a.yaml"
    document.write_text(WRITTEN, "utf-8")
    assert here("format", document, "--check").status == 1
    assert document.read_text("utf-8") == WRITTEN
    assert f"{document}: formatted." in here("format", document).out
    assert document.read_text("utf-8") == FORMATTED
    assert here("format", document, "--check").status == 0


def test_what_is_no_document_is_told_with_its_place_and_stays_as_it_is(tmp_path: Path) -> None:
    document = tmp_path / "a.yaml"
    document.write_text("article: a\ntitle: b: c\n", "utf-8")
    assert "a.yaml:2:9: `title: b: c`: quote it" in here("format", document).err
    assert document.read_text("utf-8") == "article: a\ntitle: b: c\n"


def test_a_comment_that_moves_to_the_head_stays_as_it_is_in_a_second_run() -> None:
    require_kept("title: a\n# comment 1\narticle:\n  note: b\n")
