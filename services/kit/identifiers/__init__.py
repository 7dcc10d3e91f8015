"""National identifiers (国家标识码): shape, check characters, and a hint where a repair is certain.

`check(kind, value)` never raises for any text; `services.kit.identifiers.types` has the same as pydantic
types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.kit.identifiers.divisions import check_region_code
from services.kit.identifiers.facility_codes import (
    check_outlet_code,
    check_production_facility_code,
    check_treatment_facility_code,
)
from services.kit.identifiers.id_card import check_id_card
from services.kit.identifiers.industry import check_industry_code
from services.kit.identifiers.manifest_number import check_manifest_number
from services.kit.identifiers.organisation_code import check_organisation_code
from services.kit.identifiers.permit_number import check_permit_number
from services.kit.identifiers.phones import check_phone
from services.kit.identifiers.plates import check_plate_with_country
from services.kit.identifiers.uscc import check_uscc
from services.kit.identifiers.verdict import Verdict
from services.kit.identifiers.waste_code import check_waste_code
from services.kit.identifiers.waste_licence import check_waste_licence

__all__ = ["KINDS", "Verdict", "check"]

KINDS: Mapping[str, Callable[[str], Verdict]] = MappingProxyType(
    {
        "uscc": check_uscc,
        "organisation_code": check_organisation_code,
        "permit_number": check_permit_number,
        "outlet_code": check_outlet_code,
        "treatment_facility_code": check_treatment_facility_code,
        "production_facility_code": check_production_facility_code,
        "region_code": check_region_code,
        "industry_code": check_industry_code,
        "waste_code": check_waste_code,
        "waste_licence": check_waste_licence,
        "manifest_number": check_manifest_number,
        "plate": check_plate_with_country,
        "id_card": check_id_card,
        "phone": check_phone,
    }
)


def check(kind: str, value: str) -> Verdict:
    """The verdict on `value` as an identifier of `kind`; KeyError only for a kind that is not in `KINDS`."""
    return KINDS[kind](value)
