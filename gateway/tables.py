"""All tables of the gateway, for migrations."""

from gateway.identity.models import Account, Client, GatewayTable, RefreshToken

METADATA = GatewayTable.metadata

__all__ = ["METADATA", "Account", "Client", "RefreshToken"]
