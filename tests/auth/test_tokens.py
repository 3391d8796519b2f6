"""Tokens: shown once, kept as digests, found only whole, and good for nothing once revoked."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import CommuniqueError, RequestError, StoreError
from kg.tokens import FILE_NAME, PREFIX, TOKEN_BITS, Role, Tokens

NOW = "2026-01-01T00:00:00+00:00"


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens.of_store(tmp_path)


def test_without_a_token_file_no_token_is_known(tokens: Tokens) -> None:
    assert tokens.grants() == ()
    assert tokens.find(PREFIX) is None


def test_a_token_is_known_to_every_reader_of_the_file(tokens: Tokens) -> None:
    token = tokens.add("newsroom", Role.WRITE, NOW)
    grant = Tokens(tokens.file).find(token)
    assert grant is not None
    assert (grant.name, grant.role, grant.created) == ("newsroom", Role.WRITE, NOW)


def test_tokens_have_the_documented_random_bits_and_differ(tokens: Tokens) -> None:
    made = {tokens.add(f"n{number}", Role.READ, NOW) for number in range(20)}
    assert len(made) == 20
    assert all(len(token.removeprefix(PREFIX)) * 6 >= TOKEN_BITS for token in made)


def test_the_file_has_hashes_only_and_only_its_owner_reads_it(tokens: Tokens) -> None:
    token = tokens.add("newsroom", Role.WRITE, NOW)
    text = tokens.file.read_text("utf-8")
    assert token not in text
    assert token.removeprefix(PREFIX) not in text
    assert stat.S_IMODE(tokens.file.stat().st_mode) == 0o600
    assert [path.name for path in tokens.file.parent.iterdir()] == [FILE_NAME]


def test_a_revoked_token_is_unknown_and_the_others_stay(tokens: Tokens) -> None:
    reader = Tokens(tokens.file)
    revoked, unrevoked = tokens.add("gone", Role.ADMIN, NOW), tokens.add("kept", Role.READ, NOW)
    assert reader.find(revoked)
    tokens.revoke("gone")
    assert reader.find(revoked) is None
    assert reader.find(unrevoked)


@pytest.mark.parametrize("wrong", ["", PREFIX, "x", "kg_é", "\udcff", "kg_" + "A" * 43, "A" * 100_000])
def test_a_part_of_a_token_is_unknown(tokens: Tokens, wrong: str) -> None:
    token = tokens.add("newsroom", Role.WRITE, NOW)
    assert tokens.find(wrong) is None
    assert tokens.find(token[:-1]) is None
    assert tokens.find(token + " ") is None
    assert tokens.find(tokens.grants()[0].digest) is None


def test_a_token_name_is_unique_and_plain(tokens: Tokens) -> None:
    tokens.add("newsroom", Role.WRITE, NOW)
    with pytest.raises(RequestError, match="already"):
        tokens.add("newsroom", Role.READ, NOW)
    for name in ("", "a b", "-a", "a\n", "é", "a" * 65):
        with pytest.raises(RequestError, match="not a token's name"):
            tokens.add(name, Role.READ, NOW)
    with pytest.raises(RequestError, match="no token"):
        tokens.revoke("somebody")


def test_concurrent_additions_of_tokens_lose_none(tokens: Tokens) -> None:
    def add(number: int) -> None:
        Tokens(tokens.file).add(f"n{number}", Role.READ, NOW)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens.grants()) == 12


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"tokens": [{}]}', '{"tokens": 1}', '{"tokens": [{"name": "a", "role": "king"}]}']
)
def test_with_an_unreadable_token_file_no_token_is_known(tokens: Tokens, broken: str) -> None:
    tokens.file.write_text(broken, encoding="utf-8")
    with pytest.raises(StoreError, match="all tokens are refused"):
        tokens.find("kg_anything")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda text: f'{{"tokens": {text}}}'.encode()))
def test_no_file_is_more_than_an_error(tokens: Tokens, content: bytes) -> None:
    tokens.file.write_bytes(content)
    os.utime(tokens.file, ns=(0, len(content)))
    try:
        assert Tokens(tokens.file).find("kg_anything") is None
    except CommuniqueError as error:
        assert str(tokens.file) in str(error)  # noqa: PT017 -- it may be, and may not
