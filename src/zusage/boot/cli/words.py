"""`zusage company synonym` and `zusage company misheard`: the words of callers, as an owner sees and mends them."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import typer
from rich.table import Table

from zusage.adapters.postgres.vocabulary import PostgresVocabulary
from zusage.app.vocabulary.add_synonym import AddedSynonym, add_synonym
from zusage.app.vocabulary.list_misheard import MisheardLine, list_misheard
from zusage.app.vocabulary.list_synonyms import list_synonyms
from zusage.app.vocabulary.ports import KnownService
from zusage.app.vocabulary.remove_synonym import remove_synonym
from zusage.boot.cli._frame import JSON, app_database, prepare, print_json, ready_servers, screen
from zusage.boot.servers import Servers

Found = TypeVar("Found")
Work = Callable[[PostgresVocabulary], Awaitable[Found]]

MISHEARD_EXAMPLE = "Example: zusage company misheard friseur-eins --branch mitte"
synonyms = typer.Typer(
    help="The words that lead to a service: look at them, add one, remove one.",
    epilog='Example: zusage company synonym add friseur-eins balayage "Balla yasch"',
    no_args_is_help=True,
)
_COMPANY = typer.Argument(metavar="COMPANY", help="The company's key.")
_SERVICE = typer.Argument(metavar="SERVICE", help="The service's key or name.")
_WORD = typer.Argument(metavar="WORD", help="What callers say, in quotes where it has blanks.")


@synonyms.command("add", epilog='Example: zusage company synonym add friseur-eins balayage "Balla yasch"')
def add(company: str = _COMPANY, service: str = _SERVICE, word: str = _WORD) -> None:
    """Add a word to a service. The next call knows it, and a load of the company file keeps it."""
    added = _with_words(lambda store: add_synonym(company, service, word, store=store))
    screen.print("\n".join(_told(added)), markup=False)


def _told(added: AddedSynonym) -> list[str]:
    service = added.service
    if added.known:
        return [f'"{added.word}" led to {service.name} already.']
    words = ", ".join(f'"{word}"' for word in (*service.words, added.word))
    lines = [
        f'"{added.word}" leads to {service.name} from the next call on; loads of the company file keep it.'
    ]
    if added.shared:
        lines += [f"It leads to {', '.join(added.shared)} as well, so callers are asked which one they mean."]
    if added.settled:
        lines += ["It is no longer listed as misheard."]
    return [
        *lines,
        f'To have it in the file, write at the service "{service.key}":',
        f"  synonyms = [{words}]",
    ]


@synonyms.command(
    "remove", epilog='Example: zusage company synonym remove friseur-eins balayage "Balla yasch"'
)
def remove(company: str = _COMPANY, service: str = _SERVICE, word: str = _WORD) -> None:
    """Remove a word that was added by command; words of the company file are removed there."""
    found = _with_words(lambda store: remove_synonym(company, service, word, store=store))
    screen.print(f'"{word}" no longer leads to {found.name}.', markup=False)


@synonyms.command("list", epilog="Example: zusage company synonym list friseur-eins")
def list_them(company: str = _COMPANY, as_json: bool = JSON) -> None:
    """List the words of each service, and which of them were added by command."""
    services = _with_words(lambda store: list_synonyms(company, store=store))
    if as_json:
        print_json([asdict(service) for service in services])
        return
    screen.print("\n".join(line for service in services for line in _described(service)), markup=False)


def _described(service: KnownService) -> Iterator[str]:
    yield f"{service.key}: {service.name}"
    if service.filed:
        yield f"  in the file: {', '.join(service.filed)}"
    if service.added:
        added = (f"{each.word} ({each.added_at:%d.%m.%Y})" for each in service.added)
        yield f"  added by command: {', '.join(added)}"


def misheard(
    company: str = _COMPANY,
    branch: str = typer.Option("", "--branch", help="Only of this branch (its key)."),
    as_json: bool = JSON,
) -> None:
    """Show what callers said that was not understood, without persons: the most often said first.

    Beside each stands the command that adds it to the service that sounds nearest. That is a guess: look before you
    use it."""
    lines = _with_words(lambda store: list_misheard(company, branch=branch or None, store=store))
    if as_json:
        print_json([_plain(company, line) for line in lines])
    elif lines:
        _print_lines(company, lines)
    else:
        screen.print("Nothing was misheard.")


def _print_lines(company: str, lines: Sequence[MisheardLine]) -> None:
    table = Table()
    for column in ("Times", "Last", "Branch", "About", "Said"):
        table.add_column(column, overflow="fold")
    for line in lines:
        sentence, said = line.sentence, line.sentence.said
        about = f"{said.about}: {said.reason or said.answered}"
        last = f"{sentence.last_at:%d.%m.}"
        table.add_row(str(sentence.times), last, sentence.branch, about, _literal(said.words))
    screen.print(table)
    commands = dict.fromkeys(filter(None, (_command(company, line) for line in lines)))
    if commands:
        screen.print("Where the guess is right, one of these teaches it:")
        screen.print("\n".join(f"  {command}" for command in commands), markup=False)


def _literal(text: str) -> str:
    """Keep rich from reading "[Name]" as its markup."""
    return text.replace("[", "\\[")


def _command(company: str, line: MisheardLine) -> str:
    if line.suggestion is None:
        return ""
    said = line.suggestion.word
    word = f"{'-- ' * said.startswith('-')}{shlex.quote(said)}" if said else '"WORD"'
    return f"zusage company synonym add {company} {line.suggestion.service} {word}"


def _plain(company: str, line: MisheardLine) -> dict[str, Any]:
    sentence, said = line.sentence, line.sentence.said
    return {
        "branch": sentence.branch,
        "about": said.about,
        "said": said.words,
        "answered": said.answered,
        "reason": said.reason or None,
        "times": sentence.times,
        "first_at": sentence.first_at.isoformat(),
        "last_at": sentence.last_at.isoformat(),
        "nearest_service": line.suggestion.service if line.suggestion else None,
        "command": _command(company, line) or None,
    }


def _with_words(work: Work[Found]) -> Found:
    with ready_servers(prepare()) as servers:
        return asyncio.run(_run(servers, work))


async def _run(servers: Servers, work: Work[Found]) -> Found:
    async with app_database(servers) as database:
        return await work(PostgresVocabulary(database))
