"""The embedded stack: PostgreSQL and the five processes on one machine, for development, trials and tests."""
