r"""REGEX and REPLACE read patterns as XPath does, whether they are constants or come from the data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sparql.workarounds.conftest import Solve

MATCHES: list[tuple[str, str, str, bool | None]] = [
    # A text, a pattern, flags, and whether it matches: None is an error.
    ("b", "^[a-z-[b]]$", "", False),
    ("c", "^[a-z-[b]]$", "", True),
    ("e", "[a-z-[aeiou]]", "", False),
    ("b", "^[^a-z-[0-9]]$", "", False),
    ("5", "^[^a-z-[0-9]]$", "", False),
    ("-", "^[^a-z-[0-9]]$", "", True),
    ("m", "^[a-z-[b-y-[m]]]$", "", True),
    ("n", "^[a-z-[b-y-[m]]]$", "", False),
    ("abab", r"^(ab)\1$", "", True),
    ("abAB", r"^(ab)\1$", "", False),
    ("abAB", r"^(ab)\1$", "i", True),
    ("b0", r"^(a)?b\10$", "", True),
    ("a", r"\1(a)", "", None),
    ("a", r"(a\1)", "", None),
    ("a", r"(a)\2", "", None),
    ("&", "^[a&&b]$", "", True),
    ("~", "^[a~~b]$", "", True),
    ("-", "^[a-]$", "", True),
    ("-", "^[-a]$", "", True),
    (",", "^[+--]$", "", True),
    ("a", "[a-c-e]", "", None),
    ("a", "[[:alpha:]]", "", None),
    ("a", "[]a]", "", None),
    ("^", "[a^]", "", True),
    ("a", "[z-a]", "", None),
    ("_a", r"^\i\c$", "", True),
    ("1", r"^\i$", "", False),
    ("-", r"^\c$", "", True),
    ("1", r"^\I$", "", True),
    (" ", r"^\C$", "", True),
    ("é", r"^\w$", "", True),
    ("_", r"^\w$", "", False),  # a connecting punctuation, which XML Schema takes out of \w
    ("_", r"^\W$", "", True),
    ("+", r"^\w$", "", True),  # and a symbol is in it
    ("_", r"^[\W]$", "", True),
    ("a", r"^[^\W]$", "", True),
    ("٣", r"^\d$", "", True),
    ("\u00a0", r"^\s$", "", False),
    ("\u00a0", r"^\S$", "", True),
    ("\t", r"^\s$", "", True),
    ("a", r"\p{IsBasicLatin}", "", True),
    ("é", r"\p{IsBasicLatin}", "", False),
    ("é", r"\P{IsBasicLatin}", "", True),
    ("é", r"^\p{IsLatin-1Supplement}$", "", True),
    ("a", r"\p{IsNowhere}", "", None),
    ("a", r"\p{Letter}", "", None),
    ("a", r"\p{Greek}", "", None),
    ("a", r"^\p{Lu}$", "i", False),
    ("A", r"^[\p{Lu}x]$", "i", True),
    ("X", r"^[\p{Ll}x]$", "i", True),
    ("Y", r"^[\p{Ll}x]$", "i", False),
    ("a", r"^[^\p{Lu}]$", "i", True),
    ("o", "^[A-Z-[OI]]$", "i", False),
    ("a", "^[A-Z-[OI]]$", "i", True),
    ("q", "[^Q]", "i", False),
    ("HELLO", "hello", "i", True),
    ("ß", "ss", "i", False),
    ("a\nb", "a.b", "", False),
    ("a\rb", "a.b", "", False),
    ("a\nb", "a.b", "s", True),
    ("a\nb", "^b$", "", False),
    ("a\nb", "^b$", "m", True),
    ("a\n", "a$", "", False),
    ("a\n", "a$", "m", True),
    ("a\n", "^$", "m", False),
    ("a\n\n", "^$", "m", True),
    ("ab", "a b", "x", True),
    ("a b", "a[ ]b", "x", True),
    ("ab", "a b", "", False),
    ("a.b", "a.b", "q", True),
    ("axb", "a.b", "q", False),
    ("A.B", "a.b", "qi", True),
    ("a", "a", "z", None),
    ("a", "a", "g", None),
    ("a b", r"\bb", "", None),
    ("a", "(?i)A", "", None),
    ("a", "(?:a)", "", True),
    ("a", "(?=a)", "", None),
    ("a", "(?<n>a)", "", None),
    ("a", "a**", "", None),
    ("aa", "a{2}?", "", True),
    ("a", "a{2,1}", "", None),
    ("a", "((a{0,99}){0,99}){0,99}", "", None),  # more than can be written out
    ("a", "(a{0,99}){0,99}", "", True),
    ("a", "a{,2}", "", None),
    ("a{", "a{", "", None),
    ("a{", r"a\{", "", True),
    ("a}", "a}", "", None),
    ("$", r"^\$$", "", True),
    ("a/", r"a\/", "", None),
    ("a", "*", "", None),
    ("a", "(a", "", None),
    ("a", "a)", "", None),
    ("a", "", "", True),
    ("a", "b|", "", True),
    ("a", "\\", "", None),
    ("a", r"\x61", "", None),
    ("a", r"\u0061", "", None),
    ("😀", "^[😀-😂]$", "", True),
    ('a"b', 'a"b', "", True),
    ("a\\b", r"a\\b", "", True),
]


def quoted(text: str) -> str:
    for sign, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(sign, escaped)
    return f'"{text}"'


def value(solve: Solve, call: str, pattern: str = "") -> str | None:
    """Return what a call answers with, its letters alone."""
    result = solve(f"SELECT ({call} AS ?found) {{ {pattern} }}")[0].get("found")
    return None if result is None else result.partition("^^")[0]


@pytest.mark.parametrize(("text", "pattern", "flags", "expected"), MATCHES)
def test_a_pattern_matches_what_xpath_says(
    solve: Solve,
    text: str,
    pattern: str,
    flags: str,
    expected: bool | None,  # noqa: FBT001
) -> None:
    right = None if expected is None else f'"{str(expected).lower()}"'
    arguments = [quoted(argument) for argument in (text, pattern, flags)]
    data = f"VALUES (?t ?p ?f) {{ ({' '.join(arguments)}) }}"
    assert value(solve, f"REGEX({', '.join(arguments)})") == right
    assert value(solve, "REGEX(?t, ?p, ?f)", data) == right
    if not flags:
        assert value(solve, f"REGEX({', '.join(arguments[:2])})") == right
        assert value(solve, "regex(?t, ?p)", data) == right


REPLACED: list[tuple[str, str, str, str, str | None]] = [
    ("2034-03-14", r"^(\d+)-(\d+)-(\d+)$", "$3_$2_$1", "", "14_03_2034"),
    ("5 USD", r"(\d+) USD", r"\$$1", "", "$5"),
    ("abc", "b", "$", "", None),
    ("abc", "b", "\\", "", None),
    ("abc", "b", r"\n", "", None),
    ("abc", "b", r"\\", "", "a\\c"),
    ("abc", "b", "[$0]", "", "a[b]c"),
    ("abc", "(b)", "$12", "", "ab2c"),
    ("abc", "b", "$1", "", "ac"),
    ("abc", "(b)|(c)", "<$2>", "", "a<><c>"),
    ("abcdefghijk", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "$11$1", "", "ka"),
    ("abracadabra", "bra", "*", "", "a*cada*"),
    ("abracadabra", "a.*a", "*", "", "*"),
    ("abracadabra", "a.*?a", "*", "", "*c*bra"),
    ("abracadabra", "a", "", "", "brcdbr"),
    ("AAAA", "A+?", "b", "", "bbbb"),
    ("darted", "^(.*?)d(.*)$", "$1c$2", "", "carted"),
    ("abc", "", "x", "", None),
    ("abc", "x*", "-", "", None),
    ("abc", "b|", "-", "", None),
    ("abc", "^", "-", "", None),
    ("ABC", "b", "x", "i", "AxC"),
    ("a.b.c", ".", "$0", "q", "a$0b$0c"),
    ("abc", "b", "${1}", "", None),
    ("abab", r"(a)(b)\1\2", "$2$1", "", "ba"),
    ("a b", "b", "$0", "z", None),
    ("aba", "[a-b-[b]]", "x", "", "xbx"),
]


@pytest.mark.parametrize(("text", "pattern", "new", "flags", "expected"), REPLACED)
def test_a_replacement_is_read_as_xpath_says(  # noqa: PLR0913, PLR0917
    solve: Solve, text: str, pattern: str, new: str, flags: str, expected: str | None
) -> None:
    right = None if expected is None else quoted(expected)
    arguments = [quoted(argument) for argument in (text, pattern, new, flags)]
    assert value(solve, f"REPLACE({', '.join(arguments)})") == right
    assert value(solve, "REPLACE(?t, ?p, ?n, ?f)", f"VALUES (?t ?p ?n ?f) {{ ({' '.join(arguments)}) }}") == right
    if not flags:
        assert value(solve, f"replace({', '.join(arguments[:3])})") == right


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('REPLACE("a"@en, "a", "b")', '"b"@en'),
        (r'REPLACE("aa"@en, "(a)\\1", "b")', '"b"@en'),
        ('REGEX(1, "1")', None),
        (r'REGEX(1, "(1)\\1")', None),
        ('REGEX("1", 1)', None),
        ('REGEX("a", "a"@en)', None),
        ("REGEX(<http://a>, 'a')", None),
        ("REGEX('a', '''a''')", '"true"'),
        (r"REGEX('\u0061', '\u0061')", '"true"'),
        ("REGEX(REPLACE('abc', 'b', 'x'), '^axc$')", '"true"'),
        ("IF(REGEX('a', 'A', CONCAT('', 'i')), REPLACE('a', CONCAT('a', ''), 'b'), 0)", '"b"'),
    ],
)
def test_arguments_are_of_the_types_that_sparql_says(solve: Solve, call: str, expected: str | None) -> None:
    assert value(solve, call) == expected


@settings(max_examples=150, deadline=None)
@given(
    text=st.text("ab-^]\n1é", max_size=6),
    pattern=st.text(r"ab-[]^()|*+?.{}1\d$é", max_size=8),
    flags=st.text("smi", max_size=2),
)
def test_a_constant_means_the_same_as_a_value(solve: Solve, text: str, pattern: str, flags: str) -> None:
    arguments = [quoted(argument) for argument in (text, pattern, flags)]
    data = f"VALUES (?t ?p ?f) {{ ({' '.join(arguments)}) }}"
    query: Callable[[str], str] = lambda call: f"SELECT (REGEX({call}) AS ?found) {{ {data} }}"  # noqa: E731
    assert solve(query(", ".join(arguments))) == solve(query("?t, ?p, ?f"))
