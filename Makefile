# Every target sets up its own environment in .venv; Python >= 3.11 and make are all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# two workers, each with one thread for linear algebra
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -q -n 2 --dist worksteal

.PHONY: help verify verify-full test check lint types imports bench paper fuzz mutation lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

verify: $(READY) ## replay the theory at the quick level and print the verdicts
	@$(BIN)/superposition verify --jobs 2

verify-full: $(READY) ## replay the theory with all evidence
	@$(BIN)/superposition verify --level full --jobs 2

test: $(READY) ## run all tests and doctests
	@$(PYTEST)

check: lint types imports ## lint, types, import contract and the fast tests
	@$(PYTEST) -m "not slow"

lint: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(READY)
	@$(BIN)/mypy

imports: $(READY)
	@$(BIN)/lint-imports --no-cache

bench: $(READY) ## measure time and memory beside their peers and print ratios
	@$(BIN)/python benchmarks/spectral.py
	@$(BIN)/python benchmarks/toy_model.py
	@$(BIN)/python benchmarks/landscape.py
	@$(BIN)/python benchmarks/schemes.py
	@$(BIN)/python benchmarks/certify.py
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/training.py
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/phase_answer.py

paper: ## compile the written proof of the pentagon theorem (needs pdflatex)
	@mkdir -p build/paper
	@for pass in 1 2; do (cd proofs/pentagon && \
	  pdflatex -interaction=batchmode -halt-on-error -output-directory=../../build/paper pentagon.tex >/dev/null) || exit 1; done
	@echo build/paper/pentagon.pdf

fuzz: $(READY) ## fuzz the readers of weight files for five minutes
	@$(BIN)/python tests/fuzz/fuzz_weights.py --minutes 5 --seed 0

mutation: $(READY) ## mutate four core packages and count what their tests catch (about two hours)
	@$(BIN)/python tests/mutation/run.py

lock: ## resolve the versions in requirements.lock anew (needs uv)
	uv pip compile --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --all-extras --group dev --no-header pyproject.toml -o requirements.lock

clean: ## remove the environment and all caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3 ..."; exit 1; }
	@rm -rf $(VENV)
	@echo "setting up $(VENV)"
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv -q --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(VENV) && \
	  uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock && \
	  uv pip install -q --python $(BIN)/python --no-deps -e . ; \
	else \
	  $(PYTHON) -m venv $(VENV) && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e . ; \
	fi
	@touch $(READY)
