"""`zusage understand`: what was said, read as the voice door reads it; needs no server."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from zusage.boot.cli._asked import ZONE, AskedError, WhenAsked, entries_of, policy_words, text_of, when_asked
from zusage.boot.cli._catalogues import Catalogues
from zusage.boot.cli._late import late
from zusage.boot.cli._lines import answer_lines, to_line
from zusage.boot.cli._problems import FOUND, UsageError
from zusage.boot.cli._summary import name_summary, policy_lines, service_summary, when_summary
from zusage.core.scheduling.masters import Service
from zusage.language.answers import Answer, name_answer, service_answer, when_answer
from zusage.language.book import THRESHOLD, VoiceBook
from zusage.language.german import understand_name, understand_service, understand_when
from zusage.language.policy_words import list_policies
from zusage.language.reading import ServiceReading, Unclear, When

app = typer.Typer(
    help="Read what somebody said: times, services, names.",
    epilog='Example: zusage understand when "morgen um halb drei" --now 2026-11-18T10:00',
    no_args_is_help=True,
)
_TEXT = typer.Argument(None, metavar="TEXT", help="What was said.", show_default=False)
_JSON = typer.Option(False, "--json", help="Print JSON instead of text.")
_STDIN = typer.Option(False, "--stdin", help="Read one JSON object a line, answer one JSON line each.")


@app.command(
    "when", epilog='Example: zusage understand when "morgen um halb drei" --now 2026-11-18T10:00 --json'
)
def when(  # noqa: PLR0917 - the command line names each of them
    text: str | None = _TEXT,
    now: str = typer.Option(
        "", metavar="ISO", help="The moment of talk, wall-clock time of the zone (default: now)."
    ),
    zone: str = typer.Option(ZONE, help="Time zone of the branch."),
    region: str = typer.Option("", metavar="CODE", help="Federal state for holidays, such as BE or BY."),
    anchor: str = typer.Option("", metavar="ISO", help='An earlier offer, for "eine Stunde später".'),
    policy: str = typer.Option(
        "", metavar="A=B,C=D", help="Where readings differ; see `zusage understand policies`."
    ),
    as_json: bool = _JSON,
    stdin: bool = _STDIN,
) -> None:
    """Read a time: a day, a range, an open end, several wishes; or the question to ask back."""
    given = {"now": now, "anchor": anchor, "region": region}
    with _usage():
        # An option that is there is meant, though it may be empty.
        asked = when_asked(
            {"zone": zone, "policy": policy_words(policy)}
            | {name: value for name, value in given.items() if value},
            WhenAsked(),
        )
    if stdin:
        _stream(text, lambda line: when_answer(_when(text_of(line), when_asked(line, asked))))
        return
    reading = _when(_text(text), asked)
    _print(when_answer(reading) if as_json else None, when_summary(reading))


def _when(text: str, asked: WhenAsked) -> When | Unclear:
    return understand_when(
        text,
        now=asked.moment,
        zone=asked.zone,
        region=asked.region,
        week=asked.week,
        anchor=asked.anchor,
        policies=asked.policies,
    )


@app.command(
    "service", epilog='Example: zusage understand service "Haare färben lassen" --catalogue salon.toml --json'
)
def service(  # noqa: PLR0917 - the command line names each of them
    text: str | None = _TEXT,
    catalogue: Path | None = typer.Option(
        None,
        metavar="FILE",
        help="A company file, or any TOML whose service tables have name, synonyms, category.",
    ),
    company: str = typer.Option("", metavar="KEY", help="The catalogue of a company that was loaded."),
    branch: str = typer.Option("", metavar="KEY", help="The branch of that company (its first)."),
    threshold: float | None = typer.Option(
        None, min=0, max=1, help=f"How sure a match has to be (the company's, else {THRESHOLD})."
    ),
    as_json: bool = _JSON,
    stdin: bool = _STDIN,
) -> None:
    """Read which service of a catalogue is meant; or between which to ask."""
    first, usual = _catalogue(catalogue, company, branch)
    sure = usual if threshold is None else threshold
    catalogues = Catalogues(first)
    if stdin:
        _stream(text, lambda line: service_answer(_service(text_of(line), line, catalogues, sure)))
        return
    said = _text(text)
    if catalogues.empty:
        raise UsageError("Name a catalogue: --catalogue FILE, or --company KEY.")
    reading = _service(said, {}, catalogues, sure)
    _print(service_answer(reading) if as_json else None, service_summary(reading))


def _service(text: str, line: Mapping[str, Any], catalogues: Catalogues, threshold: float) -> ServiceReading:
    wanted = line.get("threshold", threshold)
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not 0 <= wanted <= 1:
        raise AskedError('"threshold" must be a number from 0 to 1')
    return understand_service(text, catalogues.of(line.get("catalogue")), threshold=wanted)


def _catalogue(path: Path | None, company: str, branch: str) -> tuple[list[object] | None, float]:
    """The services to begin with, if any are named, and how sure a match has to be.

    :raises UsageError: both are named, or the file cannot be used."""
    if path is not None and company:
        raise UsageError("Name a file or a company, not both.")
    if company:
        book: VoiceBook = late("zusage.boot.cli._company_book", "company_book")(company, branch)
        return [_fields(each) for each in book.services], book.threshold
    return None if path is None else _of_file(path), THRESHOLD


def _fields(service: Service) -> dict[str, object]:
    return {"name": service.name, "category": service.category, "synonyms": list(service.synonyms)}


def _of_file(path: Path) -> list[object]:
    try:
        services = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("service", [])
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}.") from error
    with _usage(f"{path}: "):
        checked = Catalogues.checked(services)
        entries_of(checked)
    return checked


@app.command("name", epilog='Example: zusage understand name "Müller, Vorname Sabine" --json')
def name(text: str | None = _TEXT, as_json: bool = _JSON, stdin: bool = _STDIN) -> None:
    """Read a customer's name, spoken or spelled; or the question to ask back."""
    if stdin:
        _stream(text, lambda line: name_answer(understand_name(text_of(line))))
        return
    reading = understand_name(_text(text))
    _print(name_answer(reading) if as_json else None, name_summary(reading))


@app.command("policies", epilog="Example: zusage understand policies --json")
def policies(as_json: bool = _JSON) -> None:
    """List where speakers differ: what a policy decides, its default, what else it may be."""
    listed = list_policies()
    if as_json:
        shown = [
            {"name": each.name, "default": each.default, "options": each.options, "meaning": each.meaning}
            for each in listed
        ]
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for each in listed:
        print("\n".join(policy_lines(each)))


def _text(text: str | None) -> str:
    if text is None:
        raise UsageError("Say what was said: a TEXT, or --stdin for one JSON object a line.")
    return text


def _stream(text: str | None, answer: Callable[[Mapping[str, Any]], Answer]) -> None:
    if text is not None:
        raise UsageError("With --stdin every line carries its own text; leave TEXT out.")
    sys.stdout.flush()
    if not answer_lines(sys.stdin.buffer, sys.stdout.buffer, answer):
        raise typer.Exit(FOUND)


def _print(answer: Answer | None, summary: Iterable[str]) -> None:
    """Print one line of JSON, or else the summary."""
    sys.stdout.flush()
    lines = "\n".join(summary).encode("utf-8", "replace") + b"\n" if answer is None else to_line(answer)
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()


@contextmanager
def _usage(where: str = "") -> Iterator[None]:
    """Tell wrong values as wrong usage."""
    try:
        yield
    except AskedError as error:
        raise UsageError(f"{where}{error}.") from error
