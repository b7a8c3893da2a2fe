VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
export PYTHONUTF8 := 1
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export REASON

.PHONY: help run explore test check bench fuzz stress data docs scenarios screens pictures drift golden hindcast calibrate validation notebooks licences pins clean
.DEFAULT_GOAL := help

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 10

run: $(VENV)/installed  ## install, then see what Iran going offline costs China
	@$(BIN)/oilsim run scenarios/iran_offline.yaml

explore: $(VENV)/shown  ## install what pages and pictures need, then open the page of levers
	@$(BIN)/oilsim explore

test: check  ## install the test tools, then run all checks and tests
	$(BIN)/python -m pytest

check: $(VENV)/tested  ## style, types, import layers, data digests, known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/oilsim data verify
	$(BIN)/python -m supply audit

bench: $(VENV)/benched  ## speed and memory, measured side by side with peers
	$(BIN)/python -m bench

FUZZ_MINUTES ?= 20
FUZZ_SEED ?= 1
fuzz: $(VENV)/tested  ## hostile files, words and values in bulk (FUZZ_MINUTES a part, FUZZ_SEED)
	$(BIN)/python -m fuzz --minutes $(FUZZ_MINUTES) --seed $(FUZZ_SEED)

pictures: $(VENV)/tested  ## draw the README's pictures anew (needs chromium and chromedriver)
	$(BIN)/python -m pages.pictures

drift: $(VENV)/installed  ## hold quoted figures against tests/golden
	$(BIN)/oilsim check

golden: $(VENV)/installed  ## write tests/golden anew: make golden REASON="why the figures moved"
	@$(BIN)/oilsim golden --reason "$$REASON"

stress: $(VENV)/tested  ## extreme scenarios by the hundred: do they clear, is any barrel lost
	$(BIN)/python -m fuzz.stress --scenarios 800 -o stress

hindcast: $(VENV)/tested  ## ten episodes of history beside what was observed
	$(BIN)/python -m pages.hindcast

calibrate: $(VENV)/installed  ## fit the parameters to the episodes again (ten minutes)
	$(BIN)/oilsim calibrate -o data

docs: $(VENV)/documented  ## build the documentation into site/: open site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "site/index.html"

scenarios: $(VENV)/installed  ## write the figures of docs/scenarios.md anew (four minutes)
	$(BIN)/python -m pages.scenarios

screens: $(VENV)/installed  ## write anew what commands print on the pages and in the README
	$(BIN)/python -m pages.screens

validation: $(VENV)/installed  ## hold the engine against published results and write docs/validation.md
	$(BIN)/oilsim validation -o docs/validation.md

notebooks: $(VENV)/noted  ## run the five notebooks and draw the README's sweep
	$(BIN)/python -m pytest --nbmake --nbmake-timeout=600 notebooks
	$(BIN)/python -m pages.sweep_figure

licences: $(VENV)/supplied  ## write docs/licences.md anew
	$(BIN)/python -m supply licences

pins: $(VENV)/supplied  ## write constraints.txt from what is installed
	$(BIN)/python -m supply pins

clean:  ## remove what make built
	rm -rf $(VENV) site .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m compileall -q $(VENV)/lib simulator || true
	@touch $@

$(VENV)/shown: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[app,report]'
	@touch $@

$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/benched: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@

$(VENV)/noted: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[notebooks,discovery]'
	@touch $@

$(VENV)/documented: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@

$(VENV)/supplied: $(VENV)/tested $(VENV)/benched $(VENV)/noted $(VENV)/documented
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz,supply]'
	@touch $@
