"""All tables of the gateway, for migrations."""

from gateway.apps.models import AuthorizationCode
from gateway.delegation.models import Delegation
from gateway.devices.models import Device, DeviceKey
from gateway.federation.models import ExternalIdentity, UsedToken
from gateway.guessing.models import SignInTries
from gateway.identity.models import Account, App, Client, Department, GatewayTable, RefreshToken
from gateway.second_factor.models import RecoveryCode, SecondFactor
from gateway.sessions.models import AccountSession

METADATA = GatewayTable.metadata

__all__ = [
    "METADATA",
    "Account",
    "AccountSession",
    "App",
    "AuthorizationCode",
    "Client",
    "Delegation",
    "Department",
    "Device",
    "DeviceKey",
    "ExternalIdentity",
    "RecoveryCode",
    "RefreshToken",
    "SecondFactor",
    "SignInTries",
    "UsedToken",
]
