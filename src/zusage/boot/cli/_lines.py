"""One JSON object a line in, one JSON line out, in order: how a partner process asks many questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from zusage.boot.cli._asked import AskedError

_CHUNK = 1 << 16
_LONGEST = 1 << 20
_Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def answer_lines(source: BinaryIO, target: BinaryIO, answer: _Answer) -> bool:
    """Answer every line until the end of `source`; a line that cannot be answered gets one that says why.

    `answer` raises AskedError for what it cannot use. What has come is answered and written before more is awaited:
    a partner that writes one line and waits has its answer. Returns False where a question failed by our fault."""
    answers = _Answers(answer)
    for lines in _batches(source):
        target.write(b"".join(map(answers.to, lines)))
        target.flush()
    return not answers.failed


def _batches(source: BinaryIO) -> Iterator[Iterable[bytes]]:
    """Give the whole lines that have come so far; the last needs no line break."""
    line = _Line()
    while chunk := source.read1(_CHUNK):  # type: ignore[attr-defined]
        first, *more = chunk.split(b"\n")
        line.add(first)
        if more:
            *whole, rest = more
            yield [line.take(), *whole]
            line.add(rest)
    if line.begun:
        yield [line.take()]


class _Line:
    """A line that comes in pieces; of one that is too long only its begin is kept, enough to refuse it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._length = 0

    @property
    def begun(self) -> bool:
        return self._length > 0

    def add(self, piece: bytes) -> None:
        if self._length <= _LONGEST:
            self._pieces.append(piece)
        self._length += len(piece)

    def take(self) -> bytes:
        """Give the line, and begin with the next."""
        line = b"".join(self._pieces)
        self._pieces, self._length = [], 0
        return line


class _Answers:
    def __init__(self, answer: _Answer) -> None:
        self._answer = answer
        self.failed = False

    def to(self, line: bytes) -> bytes:
        try:
            return to_line(self._answer(_asked(line)))
        except AskedError as error:
            return _error(f"{error}.")
        except Exception as error:  # noqa: BLE001 - one question must not take all others along
            self.failed = True
            return _error(f"this question failed here, please report it: {type(error).__name__}: {error}")


def _error(sentence: str) -> bytes:
    return to_line({"status": "error", "error": sentence})


def _asked(line: bytes) -> Mapping[str, Any]:
    """:raises AskedError: the line holds no JSON object, or is too long to be one question."""
    if len(line) > _LONGEST:
        raise AskedError("the line is longer than 1 MiB; write one question a line")
    try:
        asked = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise AskedError("the line is not UTF-8 text") from None
    except RecursionError:
        raise AskedError("the line is nested too deeply") from None
    except ValueError as error:
        raise AskedError(f"the line is no JSON: {error}") from None
    if not isinstance(asked, dict):
        raise AskedError('the line is no JSON object; write one like {"text": "morgen um drei"}')
    return asked


def to_line(value: Mapping[str, Any]) -> bytes:
    """Write one line of JSON in UTF-8; half a surrogate pair stays an escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return text.encode("utf-8", "backslashreplace") + b"\n"
