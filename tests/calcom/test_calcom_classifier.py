"""What the answers of Cal.com mean, one by one, and that the table shown is the table used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calcom_answers import core_error, framework_error
from hypothesis import given
from hypothesis import strategies as st

import zusage.adapters.calcom.classifier as classifier_module
from zusage.adapters.calcom.classifier import (
    RULES,
    Rule,
    block_seconds,
    classify,
    error_message,
    is_breakdown,
)
from zusage.adapters.calcom.routes import ALL_ROUTES, Route

ROUTES = {route.name: route for route in ALL_ROUTES}
TABLE = Path(classifier_module.__file__).with_name("calcom.md")

# What Cal.com was seen to say, with what it means: route, status, text, kind, hint, maybe ours.
CASES = [
    ("create_booking", 400, "User either already has booking at this time or is not available", "taken", "", True),
    ("create_booking", 400, "One of the hosts either already has booking at this time or is not available", "taken", "", True),
    ("reschedule_booking", 400, "User either already has booking at this time or is not available", "taken", "", False),
    ("create_booking", 409, "booking_conflict_error", "taken", "", True),
    ("create_booking", 409, "No more seats left at this seated booking.", "taken", "", True),
    ("create_booking", 400, "Attempting to book a meeting in the past.", "out_of_bounds", "", False),
    ("reschedule_booking", 400, "Attempting to book a meeting in the past.", "out_of_bounds", "", False),
    ("create_booking", 400, "The event type can't be booked at the \"start\" time provided. This could be because it's too soon", "out_of_bounds", "", False),
    ("create_booking", 403, "booking_limit_reached", "out_of_bounds", "", True),
    ("create_booking", 403, "duration_limit_reached", "out_of_bounds", "", True),
    ("create_booking", 400, "Attendee with this email can't book because the maximum number of active bookings has been reached.", "out_of_bounds", "", True),
    ("create_booking", 400, "Invalid event length", "invalid", "", False),
    ("create_booking", 400, "responses - {email}error_required_field, ", "invalid", "", False),
    ("create_booking", 400, "Attendee must have at least one contact method (email or phone number)", "invalid", "", False),
    ("create_booking", 400, "Missing attendee phone number - it is required", "invalid", "", False),
    ("create_booking", 400, "Invalid phone number format. Please use international format.", "invalid", "", False),
    ("create_booking", 400, "Invalid email format", "invalid", "", False),
    ("create_booking", 400, "email_verification_required", "invalid", "", False),
    ("create_booking", 400, "property allowConflicts should not exist", "invalid", "", False),
    ("create_booking", 400, "Missing required booking field response: color", "invalid", "", False),
    ("create_booking", 400, "payment failed", "invalid", "", True),
    ("create_booking", 422, "Event type has no hosts", "invalid", "", False),
    ("create_booking", 404, "Event type with id 77 not found.", "gone", "", False),
    ("create_booking", 404, "Cannot POST /v2/bookings", "invalid", "", False),
    ("create_booking", 500, "Internal server error", "unknown", "", False),
    ("create_booking", 500, "fixed_hosts_unavailable_for_booking", "unknown", "", False),
    ("create_booking", 504, "", "unknown", "", False),
    ("get_booking", 404, "Booking with uid=x was not found in the database", "gone", "", False),
    ("get_booking", 503, "x", "unknown", "", False),
    ("cancel_booking", 400, "Can't cancel booking with uid=x because it has been cancelled already.", "gone", "already_cancelled", False),
    ("cancel_booking", 400, "Cannot cancel a booking that has already ended", "out_of_bounds", "", False),
    ("cancel_booking", 400, "Cancellation reason is required when you are the host", "invalid", "", False),
    ("cancel_booking", 400, "This event type does not allow cancellations", "invalid", "", False),
    ("reschedule_booking", 400, "Can't reschedule booking with uid=x because it has been cancelled. Please", "gone", "already_cancelled", False),
    ("reschedule_booking", 403, "minimum reschedule notice", "out_of_bounds", "", False),
    ("reserve_slot", 422, "This time slot is already reserved by another user. Please choose a different time.", "taken", "", False),
    ("reserve_slot", 403, "authenticated user is not owner of event type", "auth", "", False),
    ("create_webhook", 409, "Webhook with this subscriberUrl already exists for this user", "invalid", "already_exists", False),
    ("get_account", 401, "ApiAuthStrategy - api key - Your api key is not valid", "auth", "", False),
    ("get_account", 403, "Forbidden", "auth", "", False),
    ("free_slots", 404, "Event Type not found", "gone", "", False),
    ("free_slots", 400, "Invalid time range given", "invalid", "", False),
    ("free_slots", 429, "CustomThrottlerGuard - Too many requests. Please try again later.", "limit", "", False),
    ("get_account", 301, "", "invalid", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("route", "status", "text", "kind", "hint", "maybe_ours"), CASES)
def test_what_an_answer_means(
    route: str, status: int, text: str, kind: str, hint: str, *, maybe_ours: bool
) -> None:
    for body in (framework_error(status, text), core_error(status, text)):
        error = classify(ROUTES[route], status, json.dumps(body).encode(), {})
        assert (error.kind, error.hint, error.maybe_ours, error.status) == (kind, hint, maybe_ours, status)


def test_no_rule_is_hidden_behind_an_earlier_one() -> None:
    assert [rule for number, rule in enumerate(RULES) if _hidden(rule, RULES[:number])] == []


def _hidden(rule: Rule, earlier: tuple[Rule, ...]) -> bool:
    routes = rule.routes or tuple(ROUTES)
    return all(
        any(before.fits(route, status, rule.words) for before in earlier)
        for route in routes
        for status in rule.statuses
    )


@given(
    st.sampled_from(ALL_ROUTES),
    st.integers(300, 599),
    st.binary(max_size=80) | st.text().map(lambda text: json.dumps({"message": text}).encode()),
)
def test_every_answer_has_a_meaning_and_a_broken_server_is_never_a_no(
    route: Route, status: int, body: bytes
) -> None:
    error = classify(route, status, body, {})
    theirs = status in range(400, 500) and status != 429 and b'"message"' not in body
    assert (error.kind == "unknown") == (status >= 500 or status == 408 or theirs)
    assert len(str(error)) < 400


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
@pytest.mark.parametrize("route", ["create_booking", "cancel_booking", "reschedule_booking", "list_bookings"])
@pytest.mark.parametrize(
    "page",
    [b"", b"404 page not found", b"<html>Attention Required! | Cloudflare</html>", b"{}", b'"no"', b"[1]"],
)
def test_a_refusal_that_is_not_cal_coms_own_says_nothing_about_what_was_asked(
    route: str, status: int, page: bytes
) -> None:
    assert classify(ROUTES[route], status, page, {}).kind == "unknown"
    assert is_breakdown(status, page)


def test_both_shapes_of_cal_com_are_its_own() -> None:
    for said in (
        b'{"status": "error", "error": {"message": "Gone"}}',
        b'{"message": "Gone", "statusCode": 404}',
    ):
        assert classify(ROUTES["get_booking"], 404, said, {}).kind == "gone"
        assert not is_breakdown(404, said)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60.0),
        ({"x-ratelimit-reset-default": "12"}, 60.0),
        ({"X-RateLimit-Reset-Default": "90"}, 90.0),
        ({"retry-after": "120"}, 120.0),
        ({"x-ratelimit-reset-default": "1800000000"}, 600.0),
        ({"retry-after": "soon"}, 60.0),
    ],
)
def test_a_block_lasts_a_minute_or_longer_if_said_so(headers: dict[str, str], seconds: float) -> None:
    assert block_seconds(headers) == seconds


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"message": ["a", "b"]}', "a b"),
        (b'{"error": "x"}', "x"),
        (b"<html>bad gateway</html>", "<html>bad gateway</html>"),
        (b"{}", "{}"),
        (b"", ""),
        (b'{"error": {"message": "m", "details": {"message": "m"}}}', "m"),
    ],
)
def test_the_sentence_of_an_error(body: bytes, text: str) -> None:
    assert error_message(body) == text


def test_the_table_shows_every_rule_in_order() -> None:
    shown = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    assert shown == [row(rule) for rule in RULES]


def row(rule: Rule) -> str:
    first, last = rule.statuses[0], rule.statuses[-1]
    statuses = str(first) if first == last else f"{first}–{last}"
    words = f"`{rule.words}`" if rule.words else "any"
    routes = ", ".join(rule.routes) or "all"
    notes = ", ".join(
        [*([f"`{rule.hint}`"] if rule.hint else []), *(["maybe ours"] if rule.maybe_ours else [])]
    )
    return f"| {statuses} | {words} | {routes} | **{rule.kind}** | {notes or '–'} | {rule.source} |"
