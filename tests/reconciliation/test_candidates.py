"""Candidates: names in other spellings, and what posts, dates and neighbours do to their scores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kg.reconciliation.candidates import NamedThing, Reconciler, is_match
from kg.reconciliation.name_likeness import folded_name, likeness
from tests.support.export_datasets import BASE as HARBOUR_BASE


def best(reconciler: Reconciler, *names: str, **known: object) -> tuple[str, float, bool]:
    """Return the first candidate's name, its score, and whether it is a match."""
    candidates = reconciler.candidates(NamedThing("x", names, **known))  # type: ignore[arg-type]
    if not candidates:
        return "", 0.0, False
    return candidates[0].thing.iri.removeprefix(HARBOUR_BASE), candidates[0].score, is_match(candidates)


@pytest.mark.parametrize(
    ("name", "thing", "match"),
    [
        ("Ilse Tarrant", "person/ilse-tarrant", True),
        ("JOVAN SERIC", "person/jovan-seric", True),
        ("General Jovan Šerić", "person/jovan-seric", True),
        ("Ilse Maria Tarrant", "person/ilse-tarrant", True),  # an alias from outside the articles
        ("Tarrant, Ilse", "person/ilse-tarrant", False),
        ("I. Tarrant", "person/ilse-tarrant", False),
        ("Ilsa Tarant", "person/ilse-tarrant", False),
        ("Emile Vaseur", "person/emile-vasseur", False),
        ("government of Kelmark", "organization/kelmark-government", True),
        ("Port Merel", "place/port-merel", True),
        ("Nordmale", "place/nordmale", True),
        ("Bob Nobody", "", False),
        ("", "", False),
        ("…", "", False),
    ],
)
def test_names_are_found_in_other_spellings(reconciler: Reconciler, name: str, thing: str, *, match: bool) -> None:
    found_thing, score, matches = best(reconciler, name)
    assert (found_thing, matches) == (thing, match)
    assert (score == 100.0) is match


def test_a_name_is_folded_and_compared_alike_in_both_directions() -> None:
    assert folded_name("  The  O\u2019Neill-Smith Møller, Dr. ") == "oneill smith moller dr"
    assert folded_name("Gen. Ada Brandt") == "ada brandt"
    assert folded_name("The") == "the"
    pairs = [("ada brandt", "ada brant"), ("ada", "ada m brandt"), ("a brandt", "ada brandt"), ("x", "ada brandt")]
    assert [round(likeness(*pair)) for pair in pairs] == [95, 72, 89, 0]
    assert all(likeness(name, other) == likeness(other, name) for name, other in pairs)


def test_what_else_is_known_moves_the_score_and_says_so(reconciler: Reconciler) -> None:
    plain = best(reconciler, "Tarrant", kind="person")
    assert plain == ("person/ilse-tarrant", 77.5, False)
    (candidate,) = reconciler.candidates(
        NamedThing(
            "x",
            ("Tarrant",),
            "person",
            posts=("Foreign Minister",),
            begin="2030",
            end="2036-01",
            neighbours=("Jovan Seric", "Kelmark government", "Per Lunde", "nobody"),
        )
    )
    assert [(reason.kind, reason.sentence, reason.change) for reason in candidate.evidence] == [
        ("name", "“Tarrant” is like “Ilse Tarrant” (78 of 100)", 77.5),
        ("post", "the post “Foreign Minister” is “foreign minister of Kelmark” here", 9.0),
        ("neighbour", "“Jovan Seric” is beside it, as “Jovan Šerić” is here", 4.0),
        ("neighbour", "“Kelmark government” is beside it, as “the government of Kelmark” is here", 2.8),
        ("dates", "2030 to 2036-01 includes days from 2034-03-15 to 2034-03-15, when articles have it", 1.3),
    ]
    assert candidate.score == 94.7
    assert not is_match([candidate])


def test_dates_that_exclude_each_other_take_the_match_away(reconciler: Reconciler) -> None:
    known = {"kind": "person"}
    assert best(reconciler, "Ilse Tarrant", **known)[1:] == (100.0, True)
    assert best(reconciler, "Ilse Tarrant", end="2033", **known)[1:] == (70.0, False)
    assert best(reconciler, "Ilse Tarrant", begin="2034-04", **known)[1:] == (70.0, False)
    assert best(reconciler, "Ilse Tarrant", begin="2034", end="2034", **known)[1:] == (100.0, True)


def test_namesakes_are_no_match(reconciler: Reconciler) -> None:
    things = dict(reconciler.things)
    lunde = things[f"{HARBOUR_BASE}person/per-lunde"]
    twin = type(lunde)(
        "https://example.org/other/per-lunde", "Per Lunde", "person", {"Per Lunde"}, {"p": "harbour pilot"}
    )
    twins = Reconciler({**things, twin.iri: twin})
    assert best(twins, "Per Lunde")[1:] == (100.0, False)
    assert is_match(Reconciler(things).candidates(NamedThing("x", ("Per Lunde",))))
    # What is known besides orders them, and still decides nothing.
    candidates = twins.candidates(NamedThing("x", ("P. Lunde",), posts=("harbour pilot",)))
    assert [candidate.thing.iri for candidate in candidates][:2] == [twin.iri, lunde.iri]


def test_a_surname_alone_is_no_match_though_it_is_an_alias(reconciler: Reconciler) -> None:
    things = dict(reconciler.things)
    lunde = things[f"{HARBOUR_BASE}person/per-lunde"]
    things[lunde.iri] = replace(lunde, names={"Per Lunde", "Lunde"})
    assert best(Reconciler(things), "Lunde", kind="person") == ("person/per-lunde", 100.0, False)
    assert best(Reconciler(things), "Per Lunde", kind="person") == ("person/per-lunde", 100.0, True)


def test_a_kind_that_is_known_excludes_the_others(reconciler: Reconciler) -> None:
    assert best(reconciler, "Kelmark")[0] == "place/kelmark"
    assert best(reconciler, "Kelmark", kind="organization")[0] == "organization/kelmark-government"
    assert best(reconciler, "Kelmark", kind="person") == ("", 0.0, False)
