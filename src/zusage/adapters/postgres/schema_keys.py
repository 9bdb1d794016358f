"""What must stand in the database's catalogue beside the tables themselves; a migration that adds a key adds it here.

A test compares this page with a freshly migrated database, both ways."""

from __future__ import annotations

_RULES = """
absence: absence_check absence_company_id_resource_id_fkey absence_pkey
alert: alert_company_id_fkey alert_due alert_once alert_pkey
alert_watch: alert_watch_company_id_fkey alert_watch_pkey
appointment: appointment_by_call appointment_by_start appointment_check
appointment: appointment_company_id_branch_id_fkey appointment_company_id_call_id_fkey
appointment: appointment_company_id_customer_id_fkey appointment_company_id_hold_id_fkey appointment_hold
appointment: appointment_pkey appointment_price_cents_check appointment_status_check
appointment_history: appointment_history_company_id_appointment_id_fkey appointment_history_of
appointment_history: appointment_history_pkey
branch: branch_company_id_fkey branch_company_id_key_key branch_grid_minutes_check branch_hold_cap_seconds_check
branch: branch_hold_seconds_check branch_off_grid_check branch_pkey
branch_service: branch_service_company_id_branch_id_fkey branch_service_company_id_service_id_fkey
branch_service: branch_service_pkey
calendar_branch: calendar_branch_company_id_branch_id_fkey calendar_branch_company_id_fkey
calendar_branch: calendar_branch_confirm_check calendar_branch_pkey calendar_branch_wait_ms_check
calendar_connection: calendar_connection_company_id_fkey calendar_connection_email_domain_check
calendar_connection: calendar_connection_per_minute_check calendar_connection_pkey calendar_connection_provider_check
calendar_connection: calendar_connection_unreachable_check
calendar_hint: calendar_hint_by_age calendar_hint_company_id_fkey calendar_hint_digest calendar_hint_due
calendar_hint: calendar_hint_pkey
calendar_host: calendar_host_company_id_fkey calendar_host_company_id_staff_id_fkey calendar_host_pkey
calendar_mapping: calendar_mapping_company_id_service_id_fkey calendar_mapping_company_id_staff_id_fkey
calendar_mapping: calendar_mapping_length_min_check calendar_mapping_ordinal_check calendar_mapping_pkey
calendar_pull: calendar_pull_company_id_fkey calendar_pull_leased calendar_pull_pkey
call: call_company_id_branch_id_fkey call_external call_pkey call_recent
claim: claim_by_absence claim_by_appointment claim_by_hold claim_by_resource claim_company_id_absence_id_fkey
claim: claim_company_id_appointment_id_fkey claim_company_id_hold_id_fkey claim_company_id_resource_id_fkey
claim: claim_by_external claim_company_id_external_id_fkey
claim: claim_by_move claim_company_id_move_id_fkey
claim: claim_finite claim_no_overlap claim_not_empty claim_one_day claim_one_owner claim_pkey claim_promises_bind
company: company_currency_check company_pkey
courtesy: courtesy_company_id_hold_id_fkey courtesy_company_id_staff_id_fkey courtesy_due courtesy_of_staff
courtesy: courtesy_pkey courtesy_state_check courtesy_times courtesy_uid
customer: customer_company_id_fkey customer_phone_check customer_phone_name customer_pkey
external_booking: external_booking_by_start external_booking_company_id_fkey
external_booking: external_booking_company_id_staff_id_fkey external_booking_pkey external_booking_times
external_booking: external_booking_uid
hold: hold_check hold_claims_check hold_company_id_call_id_fkey hold_of_call hold_one_per_call hold_overdue hold_pkey
hold: hold_price_cents_check hold_status_check hold_token
mirror: mirror_by_uid mirror_company_id_appointment_id_fkey mirror_company_id_known_staff_id_fkey
mirror: mirror_company_id_staff_id_fkey mirror_due mirror_known_times mirror_moving mirror_standing
mirror: mirror_by_start
mirror: mirror_intent mirror_known_check mirror_leased mirror_pkey mirror_present mirror_reviewed
mirror: mirror_sending mirror_times mirror_wanted_check
mirror_attempt: mirror_attempt_action_check mirror_attempt_by_time
mirror_attempt: mirror_attempt_company_id_appointment_id_ordinal_fkey mirror_attempt_of mirror_attempt_pkey
mirror_former: mirror_former_company_id_appointment_id_ordinal_fkey mirror_former_pkey mirror_former_standing
mirror_former: mirror_former_times
misheard: misheard_about_check misheard_answered_check misheard_by_age misheard_company_id_branch_id_fkey
misheard: misheard_length misheard_pkey
move: move_company_id_appointment_id_fkey move_claims_check move_due move_ended move_of move_open move_pkey
move: move_state_check
opening_exception: opening_exception_check opening_exception_company_id_branch_id_fkey opening_exception_pkey
opening_hours: opening_hours_check opening_hours_company_id_branch_id_fkey opening_hours_pkey
opening_hours: opening_hours_weekday_check
orphan: orphan_company_id_appointment_id_fkey orphan_company_id_fkey orphan_due orphan_open orphan_pkey
phase: phase_check phase_check1 phase_company_id_appointment_id_fkey phase_kind_check phase_pkey
resource: resource_company_id_branch_id_fkey resource_company_id_branch_id_kind_key_key resource_kind_check
resource: resource_pkey
review_item: review_item_company_id_appointment_id_fkey review_item_company_id_fkey review_item_open review_item_pkey
segment: segment_company_id_service_id_fkey segment_kind_check segment_minutes_check segment_ordinal_check segment_pkey
service: service_buffer_after_check service_buffer_before_check service_company_id_fkey service_company_id_key_key
service: service_currency_check service_max_advance_days_check service_min_notice_minutes_check service_pkey
service: service_price_cents_check
skill: skill_company_id_resource_id_fkey skill_company_id_service_id_fkey skill_pkey
synonym: synonym_company_id_service_id_fkey synonym_length synonym_pkey
tool_call: tool_call_by_hash tool_call_by_id tool_call_check tool_call_company_id_call_id_fkey tool_call_pkey
tool_call: tool_call_state_check
working_hours: working_hours_check working_hours_company_id_resource_id_fkey working_hours_pkey
working_hours: working_hours_weekday_check
worker_slot: worker_slot_company_id_fkey worker_slot_pkey worker_slot_slot_check
directory.calendar_hook: calendar_hook_address_check calendar_hook_company_id_fkey calendar_hook_company_id_key
directory.calendar_hook: calendar_hook_pkey
directory.company: company_company_id_key company_pkey
directory.installation: installation_pkey installation_single_check
directory.line: line_company_id_fkey line_kind_check line_of_company line_pkey
directory.secret: secret_company_id_fkey secret_once secret_pkey
directory.worker: worker_pkey
"""
_FUNCTIONS = """
calendar_hint_note call_event call_renew_hold call_seen claim_guard courtesy_unwant courtesy_want current_company
customer_of history_guard hold_deadline
ledger_begin_move ledger_block ledger_cancel ledger_clear_way ledger_confirm ledger_end_holds ledger_is_overtaken
ledger_lock_resources
ledger_move ledger_move_choice ledger_not_held ledger_overdue_moves ledger_release ledger_renew ledger_settle_move
ledger_sweep ledger_take ledger_take_and_confirm ledger_turn ledger_unblock ledger_unmove ledger_write_plan mirror_intent mirror_move
claims_sweep mirror_backfill
mirror_move_rest mirror_unwant mirror_wait mirror_want misheard_note misheard_sweep plan_shape
voice_answer voice_begin voice_finish voice_prolong voice_replayable zusage_now
calendar_act calendar_observe ledger_external ledger_moved_there mirror_again
directory.assert_company
"""
# These run with the owner's rights, for what must be found before the company is known.
_DEFINERS = """
directory.beat directory.due_companies directory.due_hints directory.due_moves directory.find_hook
directory.find_line directory.hook_of directory.installed
directory.companies_to_alert directory.key_of
directory.lines_of directory.list_companies directory.put_company directory.put_hook directory.put_lines
directory.put_secrets directory.secrets_of directory.secrets_taken directory.wake directory.workers
directory.due_pulls directory.identity
directory.due_courtesies
"""
_TRIGGERS = (
    "appointment_history.history_guard",
    "claim.claim_guard",
    "hold.courtesy_unwant",
    "hold.courtesy_want",
)
_TENANT_RULE = "(company_id = current_company())"
# What the owner's due_companies and companies_to_alert may see beyond one company.
_DUE_RULES = {
    "alert": "(next_at IS NOT NULL)",
    "calendar_connection": "true",
    "calendar_hint": "(next_at IS NOT NULL)",
    "calendar_pull": "(next_at IS NOT NULL)",
    "courtesy": "(next_at IS NOT NULL)",
    "hold": "(status = 'held'::text)",
    "mirror": "(next_at IS NOT NULL)",
    "move": "(state = 'open'::text)",
    "orphan": "(next_at IS NOT NULL)",
    "review_item": "(resolved_at IS NULL)",
}

# Without these a double booking is possible: not their names count, but what they say.
DEFINITIONS = {
    "claim.claim_no_overlap": "EXCLUDE USING gist (company_id WITH =, resource_id WITH =, during WITH &&) "
    "WHERE (binding)",
    "claim.claim_finite": "CHECK ((isfinite(starts_at) AND isfinite(ends_at)))",
    "claim.claim_not_empty": "CHECK (((starts_at < ends_at) AND (NOT isempty(during))))",
    "claim.claim_one_owner": "CHECK ((num_nonnulls(hold_id, appointment_id, absence_id, external_id, move_id) = 1))",
    "claim.claim_promises_bind": "CHECK ((binding = ((hold_id IS NOT NULL) OR (appointment_id IS NOT NULL) OR "
    "(move_id IS NOT NULL))))",
}


def expected_keys() -> frozenset[str]:
    """Name every key of the schema: `kind table.name`, with the definition where it counts."""
    return frozenset((*_rules(), *_functions(), *_rights()))


def expected_policies() -> frozenset[str]:
    """Name the policies that may stand; one more could open a table."""
    return frozenset(
        {*(f"{table}.tenant" for table in tenant_tables()), *(f"{table}.due" for table in _DUE_RULES)}
    )


def tenant_tables() -> tuple[str, ...]:
    """List the tables that hold rows of companies."""
    tables = (line.split(":")[0] for line in _RULES.strip().splitlines())
    return tuple(sorted({table for table in tables if not table.startswith("directory.")}))


def _rules() -> list[str]:
    found = []
    for line in _RULES.strip().splitlines():
        table, names = line.split(": ")
        found += [f"rule {table}.{name}" for name in names.split()]
    return found + [f"definition {name}: {text}" for name, text in DEFINITIONS.items()]


def _functions() -> list[str]:
    plain = [f"function {name}" for name in _FUNCTIONS.split()]
    return plain + [f"definer {name}" for name in _DEFINERS.split()]


def _rights() -> list[str]:
    tables = tenant_tables()
    return [
        *(f"trigger {name}" for name in _TRIGGERS),
        *(f"forced security {table}" for table in tables),
        *(f"policy {table}.tenant: {_TENANT_RULE}" for table in tables),
        *(f"policy {table}.due: {rule}" for table, rule in _DUE_RULES.items()),
    ]
