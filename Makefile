# Steppe. `make` lists what can be done; every target first brings .venv up to date with requirements.lock.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python from 3.11 on; choose another with `make PYTHON=/path/to/python3.12 up`.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v "$$name"; break; }; done)
# Options of pytest, as in `make test PYTEST_OPTIONS='-k receipts'`; two at a time unless told otherwise.
PYTEST_OPTIONS ?= -n 2 --dist loadfile
# What `make proof` runs, and `make test` leaves to it (the markers of pyproject.toml).
PROOF := stack or hunt
# Options of `uv pip compile`, as in `make lock LOCK_OPTIONS=--upgrade`; without any the pins stay where they can.
LOCK_OPTIONS ?=
# Minutes of `make soak`.
SOAK_MINUTES ?= 30
# Images of Python set it, to stay small: here every process and every worker of the tests would compile all anew.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALLED := $(VENV)/.installed

.PHONY: help up demo test proof check bench bench-gateway bench-permits bench-city soak format lock openapi clean

help: ## 列出命令 · list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(INSTALLED) ## 在本机启动全部进程 · start everything on this machine (STEPPE_HOME, STEPPE_PORT)
	@exec $(BIN)/steppe up

demo: $(INSTALLED) ## 走一遍主要流程 · walk through the main journey, on the running stack or on its own
	@exec $(BIN)/steppe demo

test: $(INSTALLED) ## 单元与接口测试 · the unit and API tests: a few minutes (PYTEST_OPTIONS)
	$(BIN)/python -m pytest -m 'not ($(PROOF) or browser or engine)' $(PYTEST_OPTIONS)

proof: $(INSTALLED) ## 实证测试 · the others: real processes, killed and restarted; hunts over every operation (PYTEST_OPTIONS)
	$(BIN)/python -m pytest -m '$(PROOF)' $(PYTEST_OPTIONS)

check: $(INSTALLED) ## 检查代码与迁移 · lint, types, layers and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/steppe migrations check

bench: bench-gateway bench-permits bench-city ## 全部性能对比 · every benchmark; results in docs/benchmarks

bench-gateway: $(INSTALLED) ## 网关与 nginx 等对比 · the gateway beside nginx and a naive forwarder (BENCH_OPTIONS; needs nginx, wrk, luajit)
	@exec $(BIN)/steppe bench gateway $(BENCH_OPTIONS)

bench-permits: $(INSTALLED) ## 排污许可性能对比 · permits beside PostgreSQL and a plain handler (BENCH_OPTIONS; needs wrk)
	@exec $(BIN)/steppe bench permits $(BENCH_OPTIONS)

bench-city: $(INSTALLED) ## 百万报告时的全市汇总 · the bureau's calls on the whole city at a million reports (BENCH_OPTIONS)
	@exec $(BIN)/steppe bench city $(BENCH_OPTIONS)

soak: $(INSTALLED) ## 长时间混合负载 · mixed load for SOAK_MINUTES, with processes that end meanwhile; results in docs/benchmarks
	@exec $(BIN)/steppe soak --minutes $(SOAK_MINUTES)

format: $(INSTALLED) ## 整理代码格式 · format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# The lock names no index and no machine: whoever installs from it uses the index of their own network.
lock: $(BIN)/uv ## 重新锁定依赖 · pin the dependencies again
	@$(with_index) $(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet $(LOCK_OPTIONS) \
		--output-file requirements.lock
	@echo "requirements.lock: $$(grep -c '^[a-z].*==' requirements.lock) 个依赖 · dependencies"

openapi: $(INSTALLED) ## 发布接口契约并重新生成客户端 · publish the contract, generate the client anew
	@$(BIN)/steppe openapi publish

clean: ## 删除环境与缓存，保留数据 · remove the environment and caches, keep the data
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv knows nothing of pip's configuration: give it the index that pip uses here, if one is configured.
define with_index
index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PIP) config get global.index-url 2>/dev/null || true)}}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$$index"; fi;
endef

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "需要 Python 3.11 或更新版本 · Steppe needs Python 3.11 or newer:" \
		"install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) 不可用 · is no Python from 3.11 on" >&2; exit 1; }
	@echo "创建 $(VENV) · making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); echo "无法创建环境 · venv failed" \
		"(on Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }

# uv installs in seconds what takes pip minutes; where it cannot be had, pip does. It is pinned like all else.
$(BIN)/uv: | $(BIN)/python
	@awk '/^uv==/ { found = 1 } found { print } found && !/\\$$/ { exit }' requirements.lock > $(VENV)/uv.lock
	@$(PIP) install --quiet --require-hashes -r $(VENV)/uv.lock || echo "没有 uv，改用 pip · no uv, using pip"

$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python $(BIN)/uv
	@echo "安装依赖（校验哈希）· installing the dependencies, checking their hashes"
	@$(with_index) $(BIN)/uv pip install --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock || { \
		echo "uv 不可用，改用 pip · uv cannot, using pip"; \
		$(PIP) install --require-hashes -r requirements.lock; }
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
