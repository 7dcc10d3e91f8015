"""The industries of the city: 14 enterprises under key management, 21 simplified, 75 registered."""

from __future__ import annotations

from infra.sample.key_industries import KEY
from infra.sample.registered_industries import REGISTERED
from infra.sample.simplified_industries import SIMPLIFIED

GROUPS = (*KEY, *SIMPLIFIED, *REGISTERED)
