"""Text that YAML reads differently is reported, and the suggested spelling gives the intended text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.documents.yaml_document import YamlList, YamlMapping, YamlText, parse_document

FILE = Path("article.yaml")
TRAPS = {
    '"We stay," she said.': "may not begin with a quotation mark",
    '"No." And: "Never."': "may not begin with a quotation mark",
    "'We stay,' she said.": "may not begin with a single quote",
    "He said: no": "quote it: a value may not contain a colon and a space",
    "it's so: no": "quote it: a value may not contain a colon and a space",
    "nothing more:": "quote it: a value may not contain a colon and a space",
    "@ministry writes": "may not begin with @",
    "- and so on": "may not begin with -",
    "> 20 people": "may not begin with >",
}


@pytest.mark.parametrize("value", TRAPS)
@pytest.mark.parametrize("before", ["gist: ", "  - gist: ", "{id: a/b, gist: "])
def test_what_the_sentence_says_to_write_is_read_as_it_was_meant(before: str, value: str) -> None:
    end = "}" if before.startswith("{") else ""
    section = before if before.startswith("gist") else f"statements:\n{before}" if "  -" in before else f"x: {before}"
    with pytest.raises(MappingError) as raised:
        parse_document(FILE, f"{section}{value}{end}\nlength: 1\n")
    (problem,) = raised.value.problems
    assert TRAPS[value] in problem.message
    assert problem.location.line == section.count("\n") + 1
    advice = re.search(r"as in `gist: (.*)`\.$", problem.message)
    assert advice is not None
    root = parse_document(FILE, f"{section}{advice[1]}{end}\nlength: 1\n").root
    node = next(iter(root.nodes.values()))
    inner = node.nodes[0] if isinstance(node, YamlList) else node
    text = inner.nodes["gist"] if isinstance(inner, YamlMapping) else inner
    assert isinstance(text, YamlText)
    assert text.value == value


def test_an_apostrophe_in_single_quotes_is_doubled_and_the_quotes_stay() -> None:
    with pytest.raises(MappingError, match=r"as in `title: 'It''s closed'`"):
        parse_document(FILE, "article: a\ntitle: 'It's closed'\nlength: 1\n")


def test_a_quotation_mark_that_is_not_closed_is_named_where_it_opens() -> None:
    with pytest.raises(MappingError, match=r"article.yaml:2:8: the quotation mark that opens here is not closed"):
        parse_document(FILE, 'article: a\ntitle: "No end\nlength: 1\n')


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (
            'gist: "We stay," she said.',
            (
                '1:18: `gist: "We stay," she said.`: put it in single quotes: a value may not begin with a quotation '
                "mark that closes before its end, as in `gist: '\"We stay,\" she said.'`."
            ),
        ),
        (
            "gist: a: b",
            "1:8: `gist: a: b`: quote it: a value may not contain a colon and a space, as in `gist: 'a: b'`.",
        ),
        ("gist: a\ngist: b", "2:1: gist: the key 'gist' is repeated; line 1 has it already."),
        ("at:\n\t- 1-2", "2:1: found a tab; spaces indent a mapping document."),
        ("gist: *a", "1:7: gist: found the alias *a; a mapping document has none."),
        (
            "gist: !!int 3",
            "1:7: gist: found the tag tag:yaml.org,2002:int; every value is text, and the key gives it its type.",
        ),
    ],
)
def test_a_trap_has_its_exact_sentence(line: str, sentence: str) -> None:
    with pytest.raises(MappingError) as raised:
        parse_document(FILE, f"{line}\n")
    assert str(raised.value) == f"article.yaml:{sentence}"


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        "no",
        "on",
        "null",
        "~",
        "0123",
        "0o17",
        "1_000",
        "12:30",
        "2034-05-02",
        "1.10",
        ".inf",
        "0x1f",
        "1e3",
        "=",
    ],
)
def test_what_yaml_would_make_another_type_of_is_text(value: str) -> None:
    text = parse_document(FILE, f"gist: {value}\n").root.nodes["gist"]
    assert isinstance(text, YamlText)
    assert text.value == value
