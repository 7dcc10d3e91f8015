"""Makes `infra/client/api` from the published OpenAPI document."""
