# Relative paths only, and `python -m` instead of installed scripts: the project's own path may hold blanks and be
# longer than a script's first line may.
.DEFAULT_GOAL := help
.PHONY: help demo test test-faults test-live bench bench-calcom requirements clean setup

PYTHON ?= python3
PYTEST_ARGS ?=
BENCH_ARGS ?=
RUN := .venv/bin/python
COMPILE := $(RUN) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url

export PYTHON
on = $(filter-out 0 no false,$(1))
# AGAIN=1: what fails beside others is named, and tried once more by itself; only what fails then, too, is a failure.
again = $(if $(call on,$(AGAIN)),|| $(RUN) -m pytest --last-failed --last-failed-no-failures none)

help: ## show what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 22

demo: ## play a phone call against a running salon and keep serving (ONCE=1: end after it; CALCOM=1: with a simulated Cal.com; CHAOS=1: while all fails)
	@sh scripts/setup base && exec $(RUN) -m zusage demo $(if $(call on,$(ONCE)),--once) $(if $(call on,$(CALCOM)),--calcom) \
		$(if $(call on,$(CHAOS)),--chaos)

test: ## check format, lint, types and import contracts, and run all tests (PYTEST_ARGS="-k holds")
	@sh scripts/setup dev
	$(RUN) -m ruff format --check --quiet .
	$(RUN) -m ruff check --quiet .
	$(RUN) -m mypy
	$(RUN) -c "from importlinter.cli import lint_imports_command as lint; lint()"
ifneq ($(strip $(PYTEST_ARGS)),)
	$(RUN) -m pytest $(PYTEST_ARGS)
else
	$(RUN) -m pytest -n 4 -m "not race and not faults" $(again)
	$(RUN) -m pytest -m race $(again)
endif

test-live: ## try the Cal.com client at your own account (CALCOM_KEY=cal_live_…, CALCOM_URL=https://api.cal.eu)
ifeq ($(strip $(CALCOM_KEY)),)
	@echo "Skipped: no key to an account. make test-live CALCOM_KEY=cal_live_… books and cancels there; see docs/calcom.md."
else
	@sh scripts/setup dev
	@$(RUN) -m pytest tests/contract_calcom -m live -rs $(PYTEST_ARGS)
endif

test-faults: ## play every cell of the fault matrix: each point with each fault (REST=1: only those that `make test` leaves out)
	@sh scripts/setup dev
	$(RUN) -m pytest -n 4 $(if $(call on,$(REST)),-m faults) tests/faults/test_fault_matrix.py tests/faults/test_calendar_machine.py $(again)
	$(RUN) -m pytest tests/cli/test_demo_chaos.py

bench: ## measure the booking core on this machine (BENCH_ARGS passes options)
	@sh scripts/setup dev
	$(RUN) -m bench $(BENCH_ARGS)

bench-calcom: ## measure what Cal.com costs, with a simulator of 300 ms (BENCH_ARGS passes options)
	@sh scripts/setup dev
	$(RUN) -m bench.calcom $(BENCH_ARGS)

setup: ## only make the virtual environment with everything for development
	@sh scripts/setup dev

requirements: ## pin the newest releases of all dependencies with their hashes
	@sh scripts/setup dev
	$(COMPILE) requirements/build.in -o requirements/build.txt
	$(COMPILE) requirements/base.in -c requirements/build.txt -o requirements/base.txt
	$(COMPILE) requirements/dev.in -c requirements/build.txt -c requirements/base.txt -o requirements/dev.txt
	$(COMPILE) requirements/bench.in -c requirements/dev.txt -o requirements/bench.txt

clean: ## remove the virtual environment and caches; data in .zusage stays (`zusage demo erase` removes it)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist bench/out
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
