"""Benchmarks: Steppe beside named peers, in one run on one machine. `make bench`; results in `docs/benchmarks/`."""
