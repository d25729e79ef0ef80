# make demo    everything on this machine, at http://127.0.0.1:8000 (PORT= for another)
# make test    all tests
# `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test fuzz lint format bench drills check requirements messages clean

PYTHON ?= python3
# A run starts many processes, and each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin/python

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: ## set up and run everything on this machine; Ctrl-C stops it
	@$(PYTHON) config/bootstrap.py demo
	@exec $(BIN) -m config.demo

demo-reset: ## forget the demo's data
	@$(PYTHON) config/bootstrap.py demo
	@exec $(BIN) -m config.demo reset

test: ## all tests (ARGS= is handed to pytest)
	@$(PYTHON) config/bootstrap.py dev
	@exec $(BIN) -m pytest -n 2 --dist loadgroup $(ARGS)

fuzz: ## the webhook against 20,000 cases per property (FUZZ_CASES=); a quarter of an hour, for the night
	@$(PYTHON) config/bootstrap.py dev
	@FUZZ_CASES=$${FUZZ_CASES:-20000} exec $(BIN) -m pytest tests/zalo_bridge/test_fuzz.py -n 0 $(ARGS)

lint: ## style, types, arrows between the apps, migrations, deployment settings
	@$(PYTHON) config/bootstrap.py dev
	$(BIN) -m ruff check .
	$(BIN) -m ruff format --check .
	PYTHONPATH=. $(BIN) -m mypy
	$(BIN) -m tests.environment makemigrations --check --dry-run
	$(BIN) -m tests.environment check --fail-level WARNING
	$(BIN) -m tests.production check --deploy --fail-level WARNING

format: ## rewrite the code in our style
	@$(PYTHON) config/bootstrap.py dev
	$(BIN) -m ruff check --fix-only .
	$(BIN) -m ruff format .

check: lint test ## lint, then test

bench: ## measured figures against their goals; writes var/bench.json
	@$(PYTHON) config/bootstrap.py dev
	@exec $(BIN) -m tests.performance $(ARGS)

drills: ## kill parts of a running system and count what is lost; writes var/drills.json
	@$(PYTHON) config/bootstrap.py dev
	@exec $(BIN) -m tests.drills $(ARGS)

PINS := $(BIN) -m uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header

requirements: ## pin again what pyproject.toml asks for
	@$(PYTHON) config/bootstrap.py dev
	$(PINS) -o requirements/base.txt
	$(PINS) --extra demo -c requirements/base.txt -o requirements/demo.txt
	$(PINS) --extra demo --extra dev -c requirements/demo.txt -o requirements/dev.txt
	$(subst pyproject.toml,requirements/bench.in --no-deps,$(PINS)) -o requirements/bench.txt
	$(subst pyproject.toml,requirements/installer.in --no-deps,$(PINS)) -o requirements/installer.txt

messages: ## compile config/locale after an edit
	@$(PYTHON) config/bootstrap.py dev
	$(BIN) -m tests.messages

clean: ## remove the environment and everything generated
	rm -rf .venv var
