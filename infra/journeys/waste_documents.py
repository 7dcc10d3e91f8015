"""What the parties of the waste journey fill in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from infra.client.api.models import waste as models

OIL, PACKAGING = "900-249-08", "900-041-49"
PLATE = "蒙H52501"


def now() -> str:
    return datetime.now(UTC).isoformat()


def manifest(parties: Mapping[str, str], *, licence_number: str) -> models.ManifestContent:
    """A right manifest of two lines; `parties` are the USCC of shipper, carrier and receiver."""
    oil: models.LineContent = {
        "waste_code": OIL,
        "category": "HW08",
        "waste_name": "废矿物油",
        "hazard_traits": ["T", "I"],
        "form": "liquid",
        "packaging": "drum",
        "container_count": 1,
        "mass_kg": "2.50",
        "mode": "recycle",
    }
    packaging: models.LineContent = {
        **oil,
        "waste_code": PACKAGING,
        "category": "HW49",
        "waste_name": "沾染矿物油的包装物",
        "hazard_traits": ["T"],
        "form": "solid",
        "packaging": "bag",
        "mass_kg": "1.25",
        "mode": "dispose",
    }
    return {
        "shipper_uscc": parties["shipper"],
        "shipper_handler": "宝力德",
        "shipper_phone": "13800000001",
        "carrier_uscc": parties["carrier"],
        "receiver_uscc": parties["receiver"],
        "licence_number": licence_number,
        "emergency_measures": "泄漏时用吸附棉围堵收集，拨打应急电话",
        "lines": [oil, packaging],
    }


def load() -> models.CarrierSignature:
    """What the carrier signs when the load was checked."""
    return {
        "driver": "敖登",
        "plate": PLATE,
        "load_matches": True,
        "start_place": "产废单位贮存库",
        "end_place": "处置单位",
        "departed_at": now(),
    }


def line(number: int, arrived: str, accepted: str, refused: str) -> models.ReceptionLineContent:
    """What the receiver states of one line, in kg."""
    content: models.ReceptionLineContent = {
        "line": number,
        "arrived_kg": arrived,
        "accepted_kg": accepted,
        "refused_kg": refused,
    }
    return {**content, "refusal_reason": "桶体渗漏"} if Decimal(refused) else content


def scan(
    place: Literal["clinic", "vehicle", "plant"], uscc: str, *, plate: str | None = None
) -> models.ScanCreate:
    """A medical bag seen at a place, now."""
    seen: models.ScanCreate = {"place": place, "uscc": uscc, "scanned_at": now()}
    return {**seen, "plate": plate} if plate else seen
