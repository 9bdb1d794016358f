"""Scenario files: what a good one gives, each message of a bad one, and those that come along."""

from __future__ import annotations

from pathlib import Path

import pytest

from zusage.sandbox.demo import load_demo_companies
from zusage.sandbox.player import Scenario, ScenarioError, parse_scenario, target_for
from zusage.sandbox.scenarios import load_scenario, scenario_names

GOOD = """\
name: two
description: Two callers
branch: probe
caller: anonymous
others: { rival: "+491713920015" }
steps:
  - agent: Guten Tag!
    caller: Am {{date:next tuesday|spoken}}, bitte.
    tool: check_availability
    args: { date: 2026-11-24, time: 14:30, phone: +491713920010, sure: no, n: 2, price: 3.5, yes: true }
    expect: { status: held, data.hold.seconds_left: { min: 1 } }
    save: { token: data.hold.token }
  - as: rival
    wait: 2.5
    event: call_ended
  - repeat: true
    expect: { data.hold.token: "{{token}}" }
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, source="two.yaml")
    return str(caught.value).splitlines()


def test_a_good_file() -> None:
    scenario = parse_scenario(GOOD, source="two.yaml")
    assert (scenario.name, scenario.company, scenario.branch) == ("two", "friseur-eins", "probe")
    assert scenario.callers == {"caller": None, "rival": "+491713920015"}
    ask, leave, again = scenario.steps
    assert (ask.line, ask.tool, ask.agent, ask.speaker) == (7, "check_availability", "Guten Tag!", "caller")
    assert ask.save == {"token": "data.hold.token"}
    assert (leave.line, leave.speaker, leave.wait, leave.event) == (13, "rival", 2.5, "call_ended")
    assert again.repeat


def test_what_looks_like_a_text_stays_one() -> None:
    args = parse_scenario(GOOD, source="two.yaml").steps[0].args
    assert args == {
        "date": "2026-11-24",
        "time": "14:30",
        "phone": "+491713920010",
        "sure": "no",
        "n": 2,
        "price": 3.5,
        "yes": True,
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: two\n", "", "two.yaml:1: name: is missing; add name: ..."),
        ("branch:", "brunch:", 'two.yaml:3: brunch: "brunch" is not known here (did you mean "branch"?)'),
        ("branch: probe", "branch: 3", "two.yaml:3: branch: must be a text that is not empty"),
        ("anonymous", "0171", 'two.yaml:4: caller: must be a number as "+491713920010", or anonymous'),
        ('{ rival: "+491713920015" }', "[a]", "two.yaml:5: others: must map the names"),
        ("{{date:next tuesday|spoken}}", "{{date:soon}}", 'two.yaml:8: steps[1].caller: "soon" is no day'),
        ("|spoken", "|loud", 'two.yaml:8: steps[1].caller: "loud" is no format'),
        ("n: 2", 'n: ["{{token}}"]', 'two.yaml:10: steps[1].args: "token" has not been saved'),
        ("{ min: 1 }", "{ least: 1 }", 'steps[1].expect.data.hold.seconds_left: "least" is no operator'),
        ("{ status: held,", "[", "two.yaml:11: this is not YAML"),
        ("{ token: data.hold.token }", "token", "two.yaml:12: steps[1].save: must map names to paths"),
        ("as: rival", "as: twin", 'two.yaml:13: steps[2].as: "twin" is not among others'),
        ("wait: 2.5", "wait: soon", "two.yaml:14: steps[2].wait: must be seconds"),
        ("wait: 2.5", "wait: -1", "two.yaml:14: steps[2].wait: must be seconds"),
        (
            "event: call_ended",
            "event: call_dropped",
            'two.yaml:15: steps[2].event: "call_dropped" is no event',
        ),
        ("event: call_ended", "repeat: true", "steps[2].repeat: there is no tool call of this caller"),
        ("event: call_ended", "args: {}", "two.yaml:15: steps[2].args: belongs to a tool"),
        ("event: call_ended", "expect: {}", "two.yaml:15: steps[2].expect: needs an answer"),
        ("- repeat: true", "- repeat: false", "two.yaml:16: steps[3].repeat: can only be true"),
        (
            "- repeat: true",
            "- repeat: true\n    tool: x",
            "two.yaml:16: steps[3].repeat: a step does one thing",
        ),
        ('{ data.hold.token: "{{token}}" }', "3", "steps[3].expect: must map paths"),
    ],
)
def test_each_mistake_is_named_with_its_line(old: str, new: str, expected: str) -> None:
    assert GOOD.count(old) >= 1
    assert any(expected in problem for problem in problems_of(GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "two.yaml:1: must be a mapping with keys as name, description"),
        ("- 1\n- 2\n", "must be a mapping"),
        ("name: a\nname: b\n", 'two.yaml:2: "name" stands twice'),
        ("name: a\nsteps: []\n", "two.yaml:2: steps: must be a list with at least one step"),
        ("name: a\nsteps: [x]\n", "two.yaml:2: steps[1]: must be a mapping"),
        ("name: &a [b]\nsteps: *a\n", "two.yaml:2: tags (!name) and aliases (*name) are not used"),
        ("name: !!python/name:os.system x\n", "two.yaml:1: tags (!name)"),
        ("name: !!int x\n", "two.yaml:1: tags (!name)"),
        ("name: " + "9" * 5000, "this is not YAML"),
        ("name: \x01\n", "this is not YAML"),
        ("[" * 2000, "this is not YAML"),
        ("{a: 1", "two.yaml:1: this is not YAML"),
        ("name: {[a]: b}\n", "two.yaml:1:"),
    ],
)
def test_other_files_are_refused_with_a_line(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems_of(text))


@pytest.mark.parametrize("name", scenario_names())
def test_those_that_come_along_can_be_played_at_the_demo_companies(name: str) -> None:
    scenario = load_scenario(name)
    target = target_for(scenario, load_demo_companies(), base_url="http://localhost:1/", environ={})
    assert scenario.name == name
    assert scenario.description
    assert target.base_url == "http://localhost:1"
    assert target.to_number.startswith("+49")


def test_at_least_the_promised_ones_come_along() -> None:
    promised = {"simple", "perm", "slot-taken", "hold-expired", "unknown-service", "ambiguous-service"}
    promised |= {"staff-wish", "nonsense", "repeated-call", "hang-up", "second-offer", "anonymous"}
    assert promised | {"two-bookings", "release"} <= set(scenario_names())


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mein anruf.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_scenario(path).name == "two"


def test_a_missing_or_binary_file_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"no such file, nor a scenario .* simple"):
        load_scenario("nowhere")
    with pytest.raises(ScenarioError, match="no such file"):
        load_scenario(tmp_path)
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(tmp_path / "x.yaml")


def _scenario(**changes: str) -> Scenario:
    text = "name: a\nsteps: [{ caller: Hallo }]\n" + "".join(
        f'{key}: "{value}"\n' for key, value in changes.items()
    )
    return parse_scenario(text, source="a.yaml")


def test_the_first_branch_rings_where_none_is_named_and_a_number_wins() -> None:
    companies = load_demo_companies()
    target = target_for(_scenario(), companies, base_url="http://x", environ={})
    assert (target.to_number, target.agent_id) == ("+493023125100", "agent_demo_mitte")
    assert (target.signing_key, target.zone) == ("key_demo_friseur_eins", "Europe/Berlin")
    own = _scenario(to_number="+493023125101", agent="agent_x")
    target = target_for(own, companies, base_url="http://x", environ={})
    assert (target.to_number, target.agent_id) == ("+493023125101", "agent_x")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"company": "nobody"}, "known are: friseur-eins, salon-kupferkamm"),
        ({"branch": "west"}, "it has: mitte, probe"),
    ],
)
def test_an_unknown_company_or_branch_is_named(changes: dict[str, str], says: str) -> None:
    with pytest.raises(ScenarioError, match=says):
        target_for(_scenario(**changes), load_demo_companies(), base_url="http://x", environ={})
