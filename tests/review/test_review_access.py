"""Who may use `kg review`: holders of a token for reviewing, and only from its own pages and under its own name."""

from __future__ import annotations

import pytest

from kg.tokens import Role
from tests.review.conftest import Review, ReviewSite

PATHS = ("/", "/review?name=sel.yaml", "/api/document?name=sel.yaml", "/api/terms", "/api/faults?name=sel.yaml")
ACCEPT = {"action": "accept", "items": ["person/quill"]}
CHANGE = "/api/change?name=sel.yaml"


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_without_the_token(review_site: ReviewSite, path: str) -> None:
    assert review_site.client.get(path).status == 401
    assert review_site.client.get(path, Authorization="Bearer kg_wrong").status == 401
    assert review_site.client.get(f"{path}{'&' if '?' in path else '?'}token=wrong").status == 401
    assert review_site.send("GET", path).status == 200


def test_a_change_needs_the_token_too(review: Review, review_site: ReviewSite) -> None:
    before = review.document.read_bytes()
    assert review_site.client.post(CHANGE, "{}", "application/json").status == 401
    assert review.document.read_bytes() == before


def test_the_token_of_the_address_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(
    review_site: ReviewSite,
) -> None:
    reply = review_site.client.get(f"/review?name=sel.yaml&token={review_site.token}")
    assert (reply.status, reply.headers["Location"]) == (303, "/review?name=sel.yaml")
    cookie = reply.headers["Set-Cookie"]
    assert f"communique_review_{review_site.client.port}={review_site.token}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert review_site.client.get("/", Cookie=cookie.partition(";")[0]).status == 200


@pytest.mark.parametrize(
    ("role", "status"), [(Role.READ, 403), (Role.REVIEW, 200), (Role.WRITE, 200), (Role.ADMIN, 200)]
)
def test_other_people_have_tokens_of_the_role_review(review_site: ReviewSite, role: Role, status: int) -> None:
    token = review_site.tokens.add("bob", role, "2034-05-23T00:00:00Z")
    assert review_site.client.get("/", Authorization=f"Bearer {token}").status == status


def test_a_change_is_recorded_by_the_tokens_name(review: Review, review_site: ReviewSite) -> None:
    token = review_site.tokens.add("bob", Role.REVIEW, "2034-05-23T00:00:00Z")
    reply = review_site.send("POST", CHANGE, {**ACCEPT, "revision": review.seen().revision}, Authorization=f"Bearer {token}")  # fmt: skip # noqa: E501
    assert reply.status == 200
    assert reply.json["last"] == {**reply.json["last"], "by": "bob", "action": "accept", "items": ["person/quill"]}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('{"action": "accept", "items": "abc"}', "The member 'items' is \"abc\": expected an array."),
        ('{"action": "accept", "items": null}', "The member 'items' is null: expected an array."),
        ('{"action": "correct", "items": ["a"], "values": [1]}', "The member 'values' is [1]: expected an object."),
        ('{"action": "accept", "items": [], "seen": 5}', "The member 'seen' is 5: expected an object."),
        ('{"action": 5}', "The member 'action' is 5: expected a string."),
        (f'{{"action": [{"1" * 999}]}}', f"The member 'action' is [{'1' * 199}…: expected a string."),
        ('{"action": "\\ud800"}', "The body is not a JSON object."),
        ('{"action": ' + "[" * 100_000, "The body is not a JSON object."),
        ("[1]", "The body is not a JSON object."),
    ],
)
def test_a_body_of_another_form_is_refused(review: Review, review_site: ReviewSite, body: str, sentence: str) -> None:
    before = review.document.read_bytes()
    fields = {"Authorization": f"Bearer {review_site.token}", "Content-Type": "application/json"}
    reply = review_site.client.send("POST", CHANGE, body, fields)
    assert (reply.status, reply.json) == (400, {"detail": sentence})
    assert review.document.read_bytes() == before


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "localhost.evil.example:{port}"]
)
def test_another_name_that_leads_here_is_refused(review_site: ReviewSite, host: str) -> None:
    reply = review_site.send("GET", "/", Host=host.format(port=review_site.client.port))
    assert reply.status == 403
    assert "is not a name of this server" in reply.text


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_of_another_site_changes_nothing(
    review: Review, review_site: ReviewSite, headers: dict[str, str]
) -> None:
    before = review.document.read_bytes()
    assert review_site.send("POST", CHANGE, ACCEPT, **headers).status == 403
    assert review_site.send("POST", CHANGE, ACCEPT, **{"Content-Type": "text/plain"}).status == 415
    assert review.document.read_bytes() == before


@pytest.mark.parametrize("name", ["corpus.txt", "../sel.yaml", "/etc/passwd", "gone.yaml", "", "sel.txt"])
def test_no_other_file_can_be_named(review_site: ReviewSite, name: str) -> None:
    reply = review_site.send("GET", f"/api/document?name={name}")
    assert reply.status == 400
    assert "There is no document" in reply.json["detail"]


def test_a_second_browser_is_told_of_a_conflict(review: Review, review_site: ReviewSite) -> None:
    state = review_site.send("GET", "/api/document?name=sel.yaml").json
    seen = {item["key"]: item["digest"] for item in state["items"] if item["key"] == "statement/1"}
    body = {"action": "correct", "items": ["statement/1"], "revision": state["revision"], "seen": seen}
    assert review_site.send("POST", CHANGE, {**body, "values": {"gist": "First."}}).status == 200
    reply = review_site.send("POST", CHANGE, {**body, "values": {"gist": "Second."}})
    assert reply.status == 409
    assert reply.json["detail"] == "ada has changed statement/1 since you saw it."
    assert review.values("statement/1")["gist"] == "First."
