"""The last line of the rehearsal says what agrees, and what was left to a person."""

from __future__ import annotations

import pytest

from zusage.app.mirror.health import MirrorFigures
from zusage.app.operations.verify_ledger import Proof
from zusage.boot.cli._chaos_night import Night
from zusage.boot.cli._chaos_proof import Verdict, print_proof
from zusage.sandbox.agreement import Agreement, Difference

OF_ONE = (
    Difference("missing_there", "a", "The first part of a is not there."),
    Difference("missing_there", "a", "The second part of a is not there."),
)
OF_ANOTHER = Difference("missing_there", "b", "b is not there.")


def verdict(*reviewed: Difference, differences: tuple[Difference, ...] = ()) -> Verdict:
    agreement = Agreement(17, 17, 23, 20, 1, differences, reviewed)
    return Verdict(agreement, Proof(1, {}, ()), MirrorFigures(), cancelled=0, withdrawn=0, night=Night())


@pytest.mark.parametrize(
    ("shown", "last"),
    [
        (verdict(), "✓ 0 differences between the ledger and Cal.com, and nothing is left to a person"),
        (
            verdict(*OF_ONE, OF_ANOTHER),
            "✓ 0 differences between the ledger and Cal.com, but for 2 of 17 appointments that are in review, named above",
        ),
        (verdict(differences=(OF_ANOTHER,)), "✗ 1 differences"),
    ],
)
def test_the_last_line_counts_what_is_in_review(
    shown: Verdict, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_proof(shown)
    assert capsys.readouterr().out.splitlines()[-1] == last
