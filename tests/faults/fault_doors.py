"""What a test asks of a process beside what a phone does: work like the worker, and what no tool of the voice agent does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fault_careless import Carelessness, careless
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from zusage.adapters.calcom.worker_slots import CompanySlots
from zusage.adapters.postgres.database import Database
from zusage.adapters.postgres.jobs import PostgresWaker, jobs_connector
from zusage.adapters.postgres.journal import PostgresJournal
from zusage.adapters.postgres.masters import PostgresMasters
from zusage.app.availability.offers import Search
from zusage.app.booking.cancel_appointment import cancel_appointment
from zusage.app.booking.move_appointment import MoveOutcome, move_appointment
from zusage.app.booking.outcomes import Refused
from zusage.app.booking.ports import LedgerUnit, MoveOrder, OpenUnit
from zusage.app.calls.ports import Answer, Begun, CallRef, ToolCallKey
from zusage.app.calls.start_tool_call import start_tool_call
from zusage.app.errors import LedgerBusy
from zusage.app.mirror.bring_over import Mirroring
from zusage.app.mirror.catch_up import catch_up
from zusage.app.reconcile.heed_hints import heed_hints
from zusage.app.reconcile.observe_bookings import Reconciling
from zusage.app.reconcile.pull_calendar import pull_calendar
from zusage.boot.wiring import Parts, Rehearsal, mirroring_of, new_id, reconciling_of
from zusage.core.scheduling import day_bounds
from zusage.core.scheduling.wish import Wish
from zusage.inbound.worker.jobs import Duties, build_jobs
from zusage.inbound.worker.reconciling import add_reconciling

_STATE = """
SELECT a.branch_id, a.service_id, a.staff_id, b.zone, c.catalogue_version, zusage_now()
FROM appointment a JOIN branch b USING (company_id, branch_id) JOIN company c USING (company_id)
WHERE a.company_id = %s AND a.appointment_id = %s
"""


@dataclass(frozen=True)
class Doors:
    """The routes, made of the process's own parts; `jobs` is a pool as the worker's role."""

    parts: Parts
    rehearsal: Rehearsal
    jobs: Database
    jobs_url: str
    how: Carelessness

    def routes(self) -> list[Route]:
        return [
            Route(f"/{each.__name__}", each, methods=["POST"])
            for each in (self.work, self.minute, self.reconcile, self.cancel, self.move)
        ]

    @property
    def mirroring(self) -> Mirroring:
        made = mirroring_of(self.jobs, self.parts.box, self.parts.calendars, self.rehearsal)
        return careless(made, self.how)

    @property
    def reconciling(self) -> Reconciling:
        return reconciling_of(self.jobs, self.parts.box, self.mirroring)

    @property
    def ledger(self) -> OpenUnit:
        return self.parts.retell.desk.open_unit

    async def work(self, _request: Request) -> JSONResponse:
        """Run the jobs that are due, as the worker does."""
        slots = CompanySlots()
        duties = Duties(self.mirroring, slots, PostgresWaker(self.jobs))
        app = build_jobs(jobs_connector(self.jobs_url), duties)
        add_reconciling(app, self.reconciling, slots)
        async with app.open_async():
            await app.run_worker_async(
                queues=["mirror"],
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
                concurrency=4,
            )
        return JSONResponse({})

    async def minute(self, _request: Request) -> JSONResponse:
        """Do what the worker does each minute, and wait until it is done."""
        mirroring = self.mirroring
        try:
            for company_id in await mirroring.store.due_companies(10):
                await catch_up(company_id, mirroring)
        except LedgerBusy as busy:
            # As in the worker: what was not reached stays due.
            return JSONResponse({"busy": str(busy)})
        return JSONResponse({})

    async def reconcile(self, _request: Request) -> JSONResponse:
        """Heed what webhooks hinted at, and compare what is due with the calendar."""
        for company_id in await PostgresWaker(self.jobs).company_ids():
            await heed_hints(company_id, self.reconciling)
            await pull_calendar(company_id, self.reconciling)
        return JSONResponse({})

    async def cancel(self, request: Request) -> JSONResponse:
        """Cancel an appointment for its customer."""
        said = await request.json()

        async def conclude(was_booked: bool, _unit: LedgerUnit) -> bool:
            return was_booked

        done = await cancel_appointment(
            UUID(said["appointment"]),
            actor="voice",
            reason="Kunde hat abgesagt",
            company_id=UUID(said["company"]),
            open_unit=self.ledger,
            conclude=conclude,
        )
        return JSONResponse({"done": done})

    async def move(self, request: Request) -> JSONResponse:
        """Move an appointment for its customer, inside a call: each time it is asked for with the same `tool`, once."""
        said = await request.json()
        search = await self._search(said)
        run = await self._begin(said, search)
        if run.decision == "replay":
            assert run.answer is not None
            return JSONResponse(run.answer)

        async def conclude(outcome: MoveOutcome, unit: LedgerUnit) -> Answer:
            answer = _answer(outcome)
            await unit.finish(run, answer)
            return answer

        order = MoveOrder(
            UUID(said["appointment"]),
            datetime.fromisoformat(said["expected"]),
            "voice",
            "verlegt",
            run.call_id,
        )
        answer = await move_appointment(
            order,
            search,
            datetime.fromisoformat(said["start"]),
            company_id=run.company_id,
            open_unit=self.ledger,
            conclude=conclude,
            run=run,
            confirm=self.parts.confirm,
        )
        return JSONResponse(answer.body)

    async def _begin(self, said: dict[str, Any], search: Search) -> Begun:
        call = CallRef(UUID(said["company"]), search.book.branch.id, "retell", said["call"])
        key = ToolCallKey(call, "move_appointment", {}, said["tool"], by_hash=False)
        journal = PostgresJournal(self.parts.app, new_id=new_id, build="rehearsal")
        return await start_tool_call(key, journal=journal, sleep=asyncio.sleep)

    async def _search(self, said: dict[str, Any]) -> Search:
        """Look for the wished time, with whom it is now or with somebody else."""
        company_id, start = UUID(said["company"]), datetime.fromisoformat(said["start"])
        async with self.parts.app.transaction(company_id) as connection:
            cursor = await connection.execute(_STATE, (company_id, UUID(said["appointment"])))
            branch_id, service_id, staff_id, zone, version, now = (await cursor.fetchall())[0]
        book = await PostgresMasters(self.parts.app).book(company_id, branch_id, version)
        service = book.service(service_id)
        assert service is not None
        others = [member.id for member in book.staff if member.id != staff_id]
        wanted = others[0] if said["other_host"] else staff_id
        wish = Wish(day_bounds(zone, start.date()), exact=start, staff_id=wanted)
        return Search(book, service, wish, now, None)


def _answer(outcome: MoveOutcome) -> Answer:
    status = "kept" if isinstance(outcome, Refused) else outcome.outcome
    return Answer(status, {"status": status, "say": "", "data": {}})
