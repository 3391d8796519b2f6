"""What XML forbids is found wherever the pieces of a document are cut."""

from __future__ import annotations

import pytest

from kg.errors import NotAcceptableError
from kg.store.serialization import xml_escape

FORBIDDEN = "\ufffe".encode()


@pytest.mark.parametrize("cut", range(1, len(FORBIDDEN)))
def test_a_forbidden_character_is_refused_across_pieces(cut: int) -> None:
    escape = xml_escape()
    assert escape(b"a\rb" + FORBIDDEN[:cut]) == b"a&#13;b" + FORBIDDEN[:cut]
    with pytest.raises(NotAcceptableError, match="XML cannot hold"):
        escape(FORBIDDEN[cut:] + b"c")


def test_pieces_of_one_byte_are_refused_at_the_last() -> None:
    escape = xml_escape()
    pieces = [bytes([byte]) for byte in FORBIDDEN]
    assert [escape(piece) for piece in pieces[:-1]] == pieces[:-1]
    with pytest.raises(NotAcceptableError):
        escape(pieces[-1])


def test_another_character_of_the_same_first_bytes_is_kept() -> None:
    escape = xml_escape()
    letter = "\uff41".encode()
    assert b"".join(escape(bytes([byte])) for byte in letter * 3) == letter * 3
