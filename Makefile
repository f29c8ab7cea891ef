# What a person types; the work is done in scripts/.

# The first Python on the path that is new enough.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help run test check bench messages pins need-python

help:
	@echo "make run       the site with demo content on http://127.0.0.1:8000/ (PORT=8001 make run for another port)"
	@echo "make test      every test and check; installs what they need where it may"
	@echo "make check     lint, import contracts, migrations, message catalogue: seconds, before each commit"
	@echo "make bench     what the main pages and a quiz cost, on the demo and on a site 100 times larger"
	@echo "make messages  add new strings to the message catalogue and compile it"
	@echo "make pins      write requirements*.txt, with the digest of every file, from requirements*.in"

run: need-python
	@$(PYTHON) scripts/run.py

test: need-python
	@$(PYTHON) scripts/test.py

check: need-python
	@$(PYTHON) scripts/test.py --quick

bench: need-python
	@$(PYTHON) scripts/environment.py
	@.venv/bin/python bench/pages.py
	@.venv/bin/python bench/cycle.py
	@.venv/bin/python bench/scale.py

messages: need-python
	@$(PYTHON) scripts/environment.py
	@.venv/bin/python scripts/messages.py update
	@.venv/bin/python scripts/messages.py compile

PIN = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make pins"

pins: need-python
	@$(PYTHON) scripts/environment.py --dev
	@$(PIN) --output-file requirements.txt requirements.in
	@$(PIN) --constraints requirements.txt --output-file requirements-dev.txt requirements-dev.in

need-python:
	@$(if $(PYTHON),:,echo "Python 3.11 or newer is needed, and its venv module. Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python" >&2; exit 1)
