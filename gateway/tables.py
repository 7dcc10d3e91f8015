"""All tables of the gateway, for migrations."""

from gateway.identity.models import Account, Client, GatewayTable, RefreshToken
from gateway.sessions.models import AccountSession

METADATA = GatewayTable.metadata

__all__ = ["METADATA", "Account", "AccountSession", "Client", "RefreshToken"]
