# make demo   set everything up, start the embedded workspace, apply specs/, train, show the metrics
# make test   set everything up, lint and test
# Neither needs the other, nor anything but python3 (3.11 or newer), its venv module, git and make.

PYTHON ?= python3
VENV := .venv
AML := $(VENV)/bin/aml
# Compiled modules stay: without them every command would compile the SDK anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-all verify-azure corpus bench docs samples lint format lock clean

help: ## Show this.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(VENV)/.demo ## Set up, start the embedded workspace, apply specs/, train, show the metrics.
	@PATH="$(CURDIR)/$(VENV)/bin:$$PATH" sh docs/demo.sh

# More processes than cores: a third of the time tests wait for what they started.
test: lint ## Lint, then every test but the slow ones; under 10 minutes on 2 cores.
	$(VENV)/bin/pytest -n 3 --dist worksteal -m "not slow"

test-all: lint ## Every test.
	$(VENV)/bin/pytest -n 2

# SUBSCRIPTION, RESOURCE_GROUP and WS_NAME name the workspace; without them it is an embedded one (docs/azure.md).
verify-azure: $(VENV)/.dev ## Hold what we know of Azure ML against a workspace; PAID=1 runs jobs there, too.
	VERIFY=1 $(VENV)/bin/pytest -m contract -o timeout=5400 tests/contract

corpus: $(VENV)/.dev ## Compare our verdict with the SDK's over the spec files of a folder: DIR=...
	@$(VENV)/bin/python -W ignore -m tests.corpus $(DIR)

bench: $(VENV)/.dev ## Measure: ratios against a floor in the same run.
	$(VENV)/bin/python -m tests.bench

docs: $(VENV)/.dev ## Make docs/reference/ and specs/.schema/ of the models.
	$(VENV)/bin/python -m tests.docs.reference

samples: $(VENV)/.dev ## Write the sample comments, and their pictures for docs/comments.md; needs npm and Chromium.
	$(VENV)/bin/uv pip install -q --python $(VENV) playwright pillow
	$(VENV)/bin/python -m tests.samples --pictures

lint: $(VENV)/.dev ## Style, types, layers.
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(VENV)/.dev ## Let ruff mend what it can.
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

lock: $(VENV)/.dev ## Take the newest versions that pyproject.toml allows.
	@echo "# The versions that make and CI install, as constraints. Made by: make lock" > requirements.lock
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --all-extras --no-header --no-annotate \
		pyproject.toml >> requirements.lock

clean: ## Remove what make made here; the embedded workspace's state stays (aml workspace reset).
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# uv installs in seconds what pip installs in minutes; pip brings uv.
$(VENV)/bin/uv: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than Python 3.11: name a newer one, e.g. make demo PYTHON=python3.12"; exit 1; }
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check -c requirements.lock uv
	@touch $@

$(VENV)/.demo: $(VENV)/bin/uv pyproject.toml
	@echo "Installing aml-runner into $(VENV) (once) ..."
	@start=$$(date +%s); \
	$(VENV)/bin/uv pip install -q --python $(VENV) -c requirements.lock -e '.[local]' && \
	echo "Installed in $$(( $$(date +%s) - start )) s."
	@touch $@

$(VENV)/.dev: $(VENV)/bin/uv pyproject.toml
	$(VENV)/bin/uv pip install -q --python $(VENV) -c requirements.lock -e '.[local,github,dev]'
	@touch $@ $(VENV)/.demo
