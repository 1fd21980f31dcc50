# Everything starts here: `make` lists what there is. Settings may stand in .env, see .env.example.
PORT ?= 8000
PY := .venv/bin/python
BOOTSTRAP := python3 -m bootstrap
.DEFAULT_GOAL := help
.PHONY: help setup packages run reset test check lock bench drill pictures
.NOTPARALLEL:

# A test run starts hundreds of processes: Python compiles each file once, and keeps that apart from the sources.
PYTHONPYCACHEPREFIX ?= $(CURDIR)/.local/pycache
unexport PYTHONDONTWRITEBYTECODE

# The tests and checks bring their own settings.
ifneq (,$(filter setup run reset,$(MAKECMDGOALS)))
-include .env
endif
export

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## install everything and fill the database; instant when nothing changed
	@$(BOOTSTRAP) setup

run: export DEMO ?= $(if $(DATABASE_URL)$(DATABASE_URL_FILE),0,1)
run: export SITE_URL ?= http://localhost:$(PORT)
run: export EMAIL_URL ?= smtp://127.0.0.1:$(shell expr $(PORT) + 1000 2>/dev/null)
run: setup ## serve on http://localhost:8000 (PORT=8080 for another); Ctrl-C stops everything
	@$(BOOTSTRAP) port "$(PORT)"
	@$(PY) -m config.embedded -- sh -c '$(PY) manage.py demo_people --port $(PORT) && exec $(PY) -m config.supervise'

# What follows destroys or fills data: never those of a real server.
PRIVATE_ONLY = @test -z "$$DATABASE_URL$$DATABASE_URL_FILE$$REDIS_URL$$REDIS_URL_FILE$$MEDIA_ROOT$$STORAGE_URL$$STORAGE_URL_FILE" || { \
	echo "$@ works on the private servers only: unset DATABASE_URL, REDIS_URL, their _FILE forms, MEDIA_ROOT and STORAGE_URL." >&2; exit 1; }

reset: ## delete the local data and the uploaded files, and begin anew
	$(PRIVATE_ONLY)
	@test ! -x $(PY) || $(PY) -m config.embedded --erase
	@rm -rf media .local/mail .local/beat-schedule*
	@$(BOOTSTRAP) setup

packages: ## install what the tests and the checks need
	@$(BOOTSTRAP) test

test: ## run the tests (ARGS="-k name" chooses)
	@$(BOOTSTRAP) test
	@$(PY) -m config.embedded --data .local/test --fast -- $(PY) -m pytest -n auto --maxprocesses 8 --dist worksteal $(ARGS)

check: ## run the linters, the type checker and the checks of the code base
	@$(BOOTSTRAP) dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djhtml --tabwidth 2 --check templates
	$(PY) -m mypy
	$(PY) -c 'import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())'
	$(PY) -m config.dead_code
	$(PY) manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=config.settings $(PY) -m config.translations check
	$(PY) -m config.access check
	@env DEBUG=0 DEMO=0 HTTPS=1 ALLOWED_HOSTS=circulars.example SITE_URL=https://circulars.example \
	  SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	  $(PY) manage.py check --deploy --fail-level WARNING

lock: ## renew the lock files after a change of requirements*.txt (ARGS="--upgrade-package x" for what they bring along)
	@$(BOOTSTRAP) lock $(ARGS)

bench: ## measure the product under load and print the figures
	$(PRIVATE_ONLY)
	@$(BOOTSTRAP) dev
	@$(PY) -m config.embedded --data .local/bench -- $(PY) -m benchmarks $(ARGS)

pictures: ## take the pictures of docs/screenshots anew from a fresh demo (ARGS="board --width 360" chooses)
	$(PRIVATE_ONLY)
	@$(BOOTSTRAP) test
	@$(PY) -m config.embedded --data .local/pictures --erase
	@MEDIA_ROOT=$(CURDIR)/.local/pictures/media $(PY) -m config.embedded --data .local/pictures -- $(PY) -m docs.pictures $(ARGS)

drill: ## break things on purpose and show that no message is lost (ARGS=tamper: rewrite evidence and show that it is found)
	$(PRIVATE_ONLY)
	@$(BOOTSTRAP) dev
	@$(PY) -m benchmarks.faults.drill $(ARGS)
