PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test lint bench cluster attack clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "halfgig needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

install: .venv/installed ## set up .venv with halfgig and its tools

demo: install ## make demo.mp4 from the presenter and the text shipped here
	@$(BIN)/halfgig demo --output demo.mp4

test: lint ## lint, type-check and run the tests
	$(BIN)/python -m pytest -n 4

lint: install ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install ## print the tables of speed and memory
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/kokoro.py
	$(BIN)/python benchmarks/service.py
	$(BIN)/python benchmarks/side_by_side.py

cluster: install ## break four nodes, their database and their store for some minutes; needs root and Linux
	$(BIN)/python benchmarks/four_nodes.py

attack: install ## attack a server and the readers for twenty minutes
	$(BIN)/python -m tests.attacks --minutes 20

clean: ## remove what the other commands made
	rm -rf .venv demo.mp4 .mypy_cache .ruff_cache .pytest_cache .hypothesis
