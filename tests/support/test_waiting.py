"""A test that waits in vain reports what it has seen last."""

from __future__ import annotations

import pytest

from tests.support import waiting


def test_what_was_waited_for_in_vain_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "QUIET_SECONDS", 0.0)
    looks = list[int]()

    def names() -> list[str]:
        looks.append(1)
        if len(looks) > 3:
            pytest.fail("the time is up")
        return ["only", "these"]

    with pytest.raises(pytest.fail.Exception) as failed:
        waiting.until(lambda: len(names()) == 3, pause=0.001)
    (note,) = failed.value.__notes__
    assert note.endswith("names': ['only', 'these']}")
