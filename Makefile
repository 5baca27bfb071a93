# Two commands do everything: `make demo` and `make test`. Both need Python ≥ 3.11; the client needs
# Node ≥ 20.19. What they install is kept in .venv and client/node_modules.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NPM := npm --prefix client

.PHONY: demo test lint types test-python client test-vscode format clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   see a text through a language model's eyes, through the real server"
	@echo "make test   set up what is missing and run every check"
	@echo "make test-vscode  look at the extension in a real VS Code (Linux; installs 0.8 GB into .rig, once)"
	@echo "make format format the Python sources"

demo: $(VENV)/.run
	@$(BIN)/python -m ppl_lsp.demo

test: lint types client test-python

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/pyright

test-python: $(VENV)/.dev
	$(BIN)/pytest

client: client/node_modules/.installed
	$(NPM) run check
	$(NPM) test
	$(NPM) run package

test-vscode: $(VENV)/.run client/node_modules/.installed
	tests/e2e/vscode/run

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) client/node_modules client/dist client/*.vsix

# Stamps: a second run installs nothing and needs no network.
$(VENV)/.run: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ppl-lsp needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(shell sed -n 's/^torch==/torch==/p' constraints.txt)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo "Installing what the checks need (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

client/node_modules/.installed: client/package-lock.json
	@command -v node >/dev/null || { echo "The client's checks need Node.js 20.19 or newer." >&2; exit 1; }
	$(NPM) ci --prefer-offline --no-audit --no-fund
	@touch $@
