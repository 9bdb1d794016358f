"""`zusage talk`: type what a caller would say."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import typer

from zusage.app.operations.company_file import BranchRecord, CompanyFile
from zusage.boot.cli._frame import aside, prepare, screen
from zusage.boot.cli.call import (
    aimed,
    checked_url,
    known_companies,
    open_client,
    required_url,
    serving_url,
)
from zusage.boot.cli.demo import demo_serving
from zusage.boot.settings import Settings
from zusage.sandbox.demo import DEMO_COMPANIES
from zusage.sandbox.player import (
    Answered,
    EventSent,
    Phone,
    PlayEvent,
    Said,
    Scenario,
    Target,
    ToolCalled,
    TranscriptPrinter,
    World,
)
from zusage.sandbox.talk import HINTS, Conversation, Shop, shop_of

EXAMPLE = 'Example: zusage talk; echo "Einen Herrenschnitt morgen um drei" | zusage talk --json'
_CALLER = "+491713920030"
_LONGEST = 1_000
_PROMPT = "caller › "


def talk(  # noqa: PLR0917 - the command line names each of them
    company: str = typer.Option(
        DEMO_COMPANIES[0], metavar="KEY|FILE", help="Ring this company: a demo's key or a company file."
    ),
    branch: str = typer.Option("", metavar="KEY", help="Ring this branch (its first)."),
    caller: str = typer.Option(_CALLER, "--from", metavar="NUMBER", help="Your number, or anonymous."),
    base_url: str = typer.Option("", help="Where Zusage serves (what runs here, else a demo of its own)."),
    signing_key: str = typer.Option("", envvar="ZUSAGE_SIGNING_KEY", help="Sign with this key."),
    as_json: bool = typer.Option(False, "--json", help="Print each event as one line of JSON."),
) -> None:
    """Type what a caller would say, line by line; see what the agent answers, and which tools it called.

    The agent is a small fixed dialogue; the tools are the real ones, and what is booked is in the ledger. Sentences
    may come from a file or a pipe; the call ends with "auf Wiederhören", with the input, or with Ctrl-C."""
    settings = prepare()
    given = checked_url(base_url) if base_url else None
    shop, target = _line(company, branch, signing_key)
    number = None if caller == "anonymous" else caller
    with ExitStack() as stack:
        url = given or _serving(settings, company, stack)
        client = stack.enter_context(open_client(url))
        phone = Phone(replace(target, base_url=url), client, World())
        typed = sys.stdin.isatty()
        tell = _json_line if as_json else _printer(typed=typed)
        if typed and not as_json:
            _hint()
        _hold_call(Conversation(phone, shop, tell, number=number), typed=typed)


def _line(company: str, branch: str, key: str) -> tuple[Shop, Target]:
    """:raises ScenarioError: no such company or branch, or it has no number or key."""
    companies = known_companies(company)
    ring = Scenario("talk", "", company, branch, to_number=None, agent=None, callers={}, steps=())
    rung, target = aimed(ring, companies, company=company, branch=branch, key=key)
    file = next(each for each in companies if each.key == rung.company)
    return shop_of(file, _branch(file, target)), target


def _branch(file: CompanyFile, target: Target) -> BranchRecord:
    return next(record for record in file.branches if target.to_number in record.phone_numbers)


def _serving(settings: Settings, company: str, stack: ExitStack) -> str:
    """Where to ring: what serves here, else a demo that serves for this talk; only a demo's company is in that.

    :raises ProblemError: nothing serves, and the company is not a demo's."""
    if company not in DEMO_COMPANIES:
        return required_url(settings)
    return serving_url(settings) or stack.enter_context(demo_serving(settings)).url


def _hold_call(conversation: Conversation, *, typed: bool) -> None:
    conversation.begin()
    try:
        for sentence in _sentences(typed=typed):
            conversation.hear(sentence)
            if conversation.over:
                return
    except KeyboardInterrupt:
        aside.print()
    conversation.end()


def _sentences(*, typed: bool) -> Iterator[str]:
    """What is typed or piped, without empty lines."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    for line in _typed() if typed else sys.stdin:
        if sentence := line.strip()[:_LONGEST]:
            yield sentence


def _typed() -> Iterator[str]:
    while True:
        try:
            yield input(_PROMPT)
        except EOFError:
            return


def _hint() -> None:
    screen.print("[dim]Say what a caller would say, for example:[/dim]")
    for example in HINTS:
        screen.print(f"[dim]    {example}[/dim]")
    screen.print("[dim]Ctrl-D or Ctrl-C hangs up.[/dim]")


def _printer(*, typed: bool) -> Callable[[PlayEvent], None]:
    """What was typed stands there already; what was piped is shown."""
    write = TranscriptPrinter(screen, tools="dim")

    def tell(event: PlayEvent) -> None:
        if not (typed and isinstance(event, Said) and event.speaker != "agent"):
            write(event)

    return tell


def _json_line(event: PlayEvent) -> None:
    line = json.dumps(_event(event), ensure_ascii=False).encode("utf-8", "backslashreplace")
    print(line.decode("utf-8"), flush=True)


def _event(event: PlayEvent) -> dict[str, Any]:
    match event:
        case Said(speaker=speaker, text=text):
            return {"event": "said", "speaker": speaker, "text": text}
        case ToolCalled(tool=tool, args=args):
            return {"event": "tool_called", "tool": tool, "args": dict(args)}
        case Answered(tool=tool, http=http, answer=answer, say=say, ms=ms):
            what = {"status": answer.get("status"), "say": say, "data": answer.get("data")}
            return {"event": "answered", "tool": tool, **what, "http": http, "ms": round(ms, 1)}
        case EventSent(event=name, http=http, ms=ms):
            return {"event": name, "http": http, "ms": round(ms, 1)}
        case _:
            return {"event": type(event).__name__.lower()}
