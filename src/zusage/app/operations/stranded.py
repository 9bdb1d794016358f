"""Which promises a company file leaves without the people, chairs, services or hours they were made on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

from zusage.app.operations.company_file import CompanyFile
from zusage.app.operations.ports import Promise, Reason, StoredAbsence, StrandedPromise
from zusage.core.scheduling import closing_note, is_at_work, is_open
from zusage.core.scheduling.masters import Branch


def find_stranded(
    file: CompanyFile, promises: Iterable[Promise], absences: Collection[StoredAbsence]
) -> list[StrandedPromise]:
    """Pick the promises that cannot be kept as they stand, in the order given, each with every reason."""
    company = _Company(file, absences)
    found = (StrandedPromise(promise, tuple(company.reasons(promise))) for promise in promises)
    return [each for each in found if each.reasons]


class _Company:
    """A company file, asked whether it still carries a promise."""

    def __init__(self, file: CompanyFile, absences: Collection[StoredAbsence]) -> None:
        self._branches = {record.branch.id: record for record in file.branches}
        self._staff = {record.staff.id: record for record in file.staff}
        self._offered = {record.service.id: record.branch_ids for record in file.services}
        self._absences = absences

    def reasons(self, promise: Promise) -> Iterator[Reason]:
        record = self._branches.get(promise.branch_id)
        if record is None:
            yield Reason("branch", f"{promise.branch} is no longer there")
            return
        if promise.branch_id not in self._offered.get(promise.service_id, ()):
            yield Reason("service", f"{promise.service} is no longer offered")
        yield from self._of_chairs(promise, {chair.id for chair in record.chairs})
        if not is_open(record.branch, promise.period):
            yield Reason("closed", _closed(record.branch, promise))
        yield from self._of_member(promise, record.branch)

    def _of_chairs(self, promise: Promise, chairs: Collection[object]) -> Iterator[Reason]:
        taken = sorted({(t.name, t.resource_id) for t in promise.taken if t.kind == "chair"})
        gone = [name for name, resource_id in taken if resource_id not in chairs]
        if gone:
            yield Reason("chair", f"{' and '.join(gone)} is no longer there")
        for name, resource_id in taken:
            yield from self._of_absences(promise, resource_id, f"{name} cannot be used")

    def _of_member(self, promise: Promise, branch: Branch) -> Iterator[Reason]:
        record = self._staff.get(promise.staff_id)
        if record is None or record.branch_id != promise.branch_id:
            where = "there" if record is None else "at this branch"
            yield Reason("staff", f"{promise.staff} is no longer {where}")
            return
        if promise.service_id in self._offered and promise.service_id not in record.staff.skills:
            yield Reason("skill", f"{promise.staff} no longer does it")
        if not all(is_at_work(branch, record.staff, period) for period in promise.served):
            yield Reason("hours", f"{promise.staff} does not work then")
        yield from self._of_absences(promise, record.staff.id, f"{promise.staff} is away")

    def _of_absences(self, promise: Promise, resource_id: UUID, says: str) -> Iterator[Reason]:
        times = [taken.period for taken in promise.taken if taken.resource_id == resource_id]
        for absence in self._absences:
            if absence.resource_id == resource_id and any(absence.period.overlaps(t) for t in times):
                why = f" ({absence.reason})" if absence.reason else ""
                yield Reason("absence", f"{says}{why}")
                return


def _closed(branch: Branch, promise: Promise) -> str:
    note = closing_note(branch, promise.period.start.astimezone(ZoneInfo(branch.zone)).date())
    return f"{branch.name} is closed then{f' ({note})' if note else ''}"
