"""The contract of `v1`: the published document, and what may not change in it."""
