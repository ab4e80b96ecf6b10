# Every target installs what it needs into .venv; a second run installs nothing.
PYTHON ?= python3
GPU_PYTHON ?= python3
ARGS ?=

venv := .venv
python := $(venv)/bin/python
pip := $(python) -m pip --quiet --quiet --disable-pip-version-check
core := $(venv)/core.stamp
cpu := $(venv)/cpu.stamp
dev := $(venv)/dev.stamp
peers := $(venv)/peers.stamp

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test check budgets format docs bench bench-peers verify-all gpu-check wheel clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(cpu) ## install cnnscope with ONNX Runtime, analyze VGG-16, profile ResNet-50 on the CPU
	@$(venv)/bin/cnnscope analyze vgg16
	@echo
	@$(venv)/bin/cnnscope profile resnet50

test: $(dev) ## run the tests; ARGS="-k vgg" is passed on to pytest
	@$(python) -m pytest -n auto $(ARGS)

check: $(dev) ## check format, lint, types and imports
	@$(venv)/bin/ruff format --check .
	@$(venv)/bin/ruff check .
	@$(venv)/bin/mypy --strict
	@$(venv)/bin/lint-imports --no-logo

budgets: $(core) ## hold the zoo's networks to the figures of cnnscope.toml and its baseline
	@$(venv)/bin/cnnscope check

format: $(dev) ## format the code and mend what ruff can mend
	@$(venv)/bin/ruff check --fix-only .
	@$(venv)/bin/ruff format .

docs: $(dev) ## write the generated pages of docs/ and reports/, and the index of specs/
	@$(python) docs/generate.py
	@$(python) -m tests.reconciliation.page

bench: $(dev) ## measure start-up, analysis, export, and what measuring costs
	@$(python) -m tests.bench $(ARGS)

bench-peers: $(peers) ## ask torchinfo, fvcore, ptflops, thop, calflops and torchscan for what `reconcile` says of them
	@PYTHONPATH=$(venv)/peers $(python) -m tests.bench.peers $(ARGS)

verify-all: $(dev) ## hold every network of the zoo against onnx, ONNX Runtime and torch
	@$(venv)/bin/cnnscope verify --all $(ARGS)

gpu-check: ## check everything that needs a GPU, with the python of GPU_PYTHON (python3 if not given)
	@$(GPU_PYTHON) -m tests.gpu

wheel: $(core) ## build the wheel into dist/
	@$(pip) wheel --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean: ## remove .venv, dist and caches
	rm -rf $(venv) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find cnnscope tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(core): pyproject.toml constraints.txt | $(python)
	@echo "installing cnnscope into $(venv)" >&2
	@$(pip) install --constraint constraints.txt --editable .
	@touch $@

$(cpu): pyproject.toml constraints.txt | $(python)
	@echo "installing cnnscope and ONNX Runtime into $(venv)" >&2
	@$(pip) install --constraint constraints.txt --editable '.[cpu]'
	@touch $(core) $@

# Whoever has the development tools has the rest too.
$(dev): pyproject.toml constraints.txt | $(python)
	@echo "installing cnnscope and its development tools into $(venv); torch makes this take minutes the first time" >&2
	@$(pip) install --constraint constraints.txt --editable '.[dev]'
	@touch $(core) $(cpu) $@

# They stay out of the environment: most ask for libraries that counting does not need.
$(peers): tests/bench/peers.txt | $(dev)
	@echo "installing the tools to be compared with into $(venv)/peers" >&2
	@$(pip) install --no-deps --upgrade --target $(venv)/peers --requirement tests/bench/peers.txt
	@touch $@

$(python):
	@command -v $(PYTHON) >/dev/null || \
		{ echo "cnnscope needs Python 3.11 or newer, and $(PYTHON) was not found; name one: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "cnnscope needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) -V 2>&1); name another: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(venv) || { rm -rf $(venv); exit 1; }
