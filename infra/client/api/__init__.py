"""Generated: one module a service."""
