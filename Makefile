# make up: everything on this machine. make test: everything checked.
PYTHON ?= python3
BIN := .venv/bin
PLUGIN := wordpress-plugin/trading-robot-service
RUNNER := wordpress-plugin/run
NODE_MAJOR := $(shell node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')
HAS_NODE := $(shell [ "$(NODE_MAJOR)" -ge 20 ] 2>/dev/null && echo yes)

# Where the tests marked site and slow are: to collect all the others takes half a minute.
SITE := tests/wordpress
SLOW := tests/faults tests/processes tests/security/test_w2_secret.py

# Compiled once, for every process the tests start; some environments forbid Python to keep that.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install up test test-quick chaos bench openapi lock clean browser checks style types safety scripts

install: .venv/installed $(if $(HAS_NODE),$(RUNNER)/node_modules/.installed $(PLUGIN)/node_modules/.installed)
	@$(if $(HAS_NODE),:,echo "Node 20 or newer is not on PATH: everything but WordPress will run.")

.venv/installed: requirements.lock pyproject.toml
	@echo "Installing the Python packages of requirements.lock into .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

%/node_modules/.installed: %/package-lock.json
	@echo "Installing the npm packages of $*"
	@cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

up: install
	@exec $(BIN)/trp up $(ARGS)

# What is slow starts everything, again and again: one after the other is as quick as two at once.
# A browser on a busy machine may be late: what failed there is tried once more, by itself.
test: install checks browser
	$(BIN)/pytest -m "not slow and not site" -n 2
	$(BIN)/pytest $(SITE) -m site -n 2 --dist loadgroup || $(BIN)/pytest $(SITE) -m site --last-failed
	$(BIN)/pytest $(SLOW) -m slow

# The inner loop: no fault drills, no whole system, no browser, not every route.
test-quick: install checks
	$(BIN)/pytest -m "not slow and not site and not wide" -n 2

checks: install
	@$(MAKE) --no-print-directory --jobs 2 --output-sync types style safety scripts

style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache

types:
	$(BIN)/mypy

safety:
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml backend

scripts:
	$(if $(HAS_NODE),cd $(PLUGIN) && npm test --silent)

# The browser tests need a Chromium; Debian's is installed where there is none and we may.
browser:
	@command -v chromium >/dev/null || { \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    echo "No chromium on PATH: installing the package 'chromium' with apt-get"; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else echo "Install Chromium first: the browser tests need it on PATH."; exit 1; fi; }

# A minute for each of three seeds; a shorter run with one is in make test.
chaos: install
	CHAOS_SECONDS=60 CHAOS_SEEDS="1 2 3" $(BIN)/pytest tests/faults/test_chaos.py -s $(ARGS)

bench: install
	$(BIN)/python -m tests.bench $(ARGS)

openapi: install
	$(BIN)/trp openapi > shared-schemas/openapi.json

# Exact versions without addresses, so that every machine gets the same packages from its own index.
lock: install
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url \
	  --no-header --no-annotate --extra dev -o requirements.lock pyproject.toml

clean:
	rm -rf .venv .trp .mypy_cache .ruff_cache .pytest_cache .import_linter_cache bench.json \
	  $(RUNNER)/node_modules $(PLUGIN)/node_modules
