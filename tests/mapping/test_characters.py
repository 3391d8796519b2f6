"""Characters that YAML 1.2 takes as text stay text, and those that it does not allow are named with their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import MappingError
from kg.mapping.authoring.anchoring import anchor_document
from kg.mapping.documents.yaml_document import YamlMapping, YamlText, load_document, parse_document

HERE = Path("doc.yaml")
SEPARATORS = ["\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize(
    "written",
    ['"a {} b"', "'a {} b'", "a {} b", "|-\n  a {} b", ">-\n  a {} b", '"a \\\n  {} b"'],
)
def test_old_line_ends_are_text_in_every_kind_of_value(separator: str, written: str) -> None:
    document = parse_document(HERE, f"first: {written.format(separator)}\nlast: z\n")
    assert values(document.root) == {"first": f"a {separator} b", "last": "z"}
    assert document.root.keys["last"].location.line == written.count("\n") + 2


@pytest.mark.parametrize("separator", SEPARATORS)
def test_old_line_ends_are_text_in_keys_and_comments(separator: str) -> None:
    document = parse_document(
        HERE, f"# a comment{separator}goes on: here\n'k{separator}y': v # and{separator}here\nlast: [x\n, y]\n"
    )
    assert [*document.root.nodes] == [f"k{separator}y", "last"]
    assert (document.root.keys["last"].location.line, document.root.keys["last"].location.column) == (3, 1)


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_fault_after_an_old_line_end_has_its_own_line_and_column(separator: str) -> None:
    with pytest.raises(MappingError, match=r"doc\.yaml:2:6: `la: x: y`: quote it"):
        parse_document(HERE, f"# a{separator}b\nla: x: y\n")


def test_escapes_and_replaced_characters_keep_their_values() -> None:
    text = 'a: "\\N\\L\\P\u2028"\nb: "\\U000F0000\u2028"\nc: "\U000f0001\\U000f0002"\n'
    read = values(parse_document(HERE, text).root)
    assert read == {"a": "\x85\u2028\u2029\u2028", "b": "\U000f0000\u2028", "c": "\U000f0001\U000f0002"}


def test_escaped_white_space_is_text() -> None:
    assert values(parse_document(HERE, 'a: "b\\tc\\nd\\r"\n').root) == {"a": "b\tc\nd\r"}


def test_offsets_in_the_file_are_those_of_its_own_characters() -> None:
    text = 'note: "a \u2028 b"\nat: here\n'
    node = parse_document(HERE, text).root.nodes["at"]
    assert isinstance(node, YamlText)
    assert text[node.start : node.end] == "here"


def test_anchoring_keeps_separators(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "t.txt").write_text("Ada met\u2028Bob.", "utf-8", newline="")
    document = tmp_path / "doc.yaml"
    document.write_text('article: a\nnote: "x \u2028 y"\nwithoutStatement: met Bob\n', "utf-8", newline="")
    anchor_document(document, tmp_path / "texts")
    assert 'note: "x \u2028 y"\nwithoutStatement: 4-11\n' in document.read_text("utf-8")
    assert values(load_document(document).root)["note"] == "x \u2028 y"


ESCAPES = "between double quotes a backslash begins an escape; between single quotes it does not."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\ufeffa: b\n", "1:1: found a byte order mark; plain UTF-8 is expected."),
        ("a: b\n\ufeffc: d\n", "2:1: found a byte order mark; plain UTF-8 is expected."),
        ("a: b\r\n\tc: d\n", "2:1: found a tab; spaces indent a mapping document."),
        ("a: b\rc:\td\n", "2:3: found a tab; spaces indent a mapping document."),
        ("a: b\nc: d\0\n", "2:5: found a NUL character; plain UTF-8 is expected."),
        ("a: b\x07\n", "1:5: found the character U+0007; YAML does not allow it."),
        ("a: \u2028\x7f\n", "1:5: found the character U+007F; YAML does not allow it."),
        ("# \x9b\n", "1:3: found the character U+009B; YAML does not allow it."),
        ("a: \ufffe\n", "1:4: found the character U+FFFE; YAML does not allow it."),
        ('a:\n  - "b\\ac"\n', "2:5: a[0]: found the character U+0007; XML does not allow it."),
        ('a: {"b\\0": c}\n', "1:5: a: found the character U+0000; XML does not allow it."),
        ('a: "\\uFFFF"\n', "1:4: a: found the character U+FFFF; XML does not allow it."),
        ('a: "b\\uD800"\n', f"1:8: this is not YAML: found invalid Unicode character escape code; {ESCAPES}"),
        ('a: "C:\\Kelmark"\n', f"1:7: this is not YAML: found unknown escape character; {ESCAPES}"),
    ],
)
def test_a_character_that_is_not_allowed_is_named_with_its_place(text: str, expected: str) -> None:
    with pytest.raises(MappingError) as raised:
        parse_document(HERE, text)
    assert str(raised.value) == f"doc.yaml:{expected}"


def values(root: YamlMapping) -> dict[str, str]:
    return {key: node.value for key, node in root.nodes.items() if isinstance(node, YamlText)}
