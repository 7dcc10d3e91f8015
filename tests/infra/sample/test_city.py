"""The sample city as a whole: its size, its identifiers, and that it is always the same."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from decimal import Decimal

from infra.sample.city import make_accounts, make_city
from infra.sample.types import SampleCity
from services.kit.identifiers import check

# Trade names of real enterprises: those of the city's plan, and one seen in public records.
REAL_NAMES = (
    "东新农业",
    "金古源",
    "浩田",
    "谷丰",
    "川连",
    "沃土",
    "中升",
    "广联",
    "鹏顺",
    "阿乐福",
    "中基",
    "锡安",
    "中盛",
    "鸿源",
    "欧亚国际",
    "汇通",
)

_DIGEST = """
import hashlib
from datetime import date
from infra.sample.city import make_city
print(hashlib.sha256(repr(make_city(date(2026, 11, 23))).encode()).hexdigest())
"""


def test_the_city_has_110_enterprises_35_permits_and_4_automatic_monitors(city: SampleCity) -> None:
    classes = Counter(enterprise.management_class for enterprise in city.enterprises)
    assert classes == {"key": 14, "simplified": 21, "registration": 75}
    assert len(city.permits) == 35
    assert sum(enterprise.automatic_monitoring for enterprise in city.enterprises) == 4


def test_every_identifier_passes_the_check_of_the_kit(city: SampleCity) -> None:
    wrong = [each.uscc for each in city.enterprises if not check("uscc", each.uscc).ok]
    wrong += [
        each.permit_number for each in city.permits if not check("permit_number", each.permit_number).ok
    ]
    wrong += [
        each.industry_code for each in city.enterprises if not check("industry_code", each.industry_code).ok
    ]
    wrong += [each.code for p in city.permits for each in p.outlets if not check("outlet_code", each.code).ok]
    assert wrong == []


def test_no_two_enterprises_share_a_code_a_name_or_a_login(city: SampleCity) -> None:
    for field in ("uscc", "name", "login"):
        assert len({getattr(enterprise, field) for enterprise in city.enterprises}) == 110


def test_hospitals_with_permits_are_public_institutions(city: SampleCity) -> None:
    prefixes = {
        each.uscc[:2]
        for each in city.enterprises
        if each.industry_code in ("8411", "8414") and each.management_class == "simplified"
    }
    assert prefixes == {"12"}


def test_every_enterprise_stands_inside_the_city(city: SampleCity) -> None:
    for enterprise in city.enterprises:
        assert Decimal("43.3") <= enterprise.latitude <= Decimal("44.2")
        assert Decimal("111.2") <= enterprise.longitude <= Decimal("112.8")
        assert enterprise.region_code == enterprise.uscc[2:8] == "152501"


def test_one_site_lies_outside_the_city_of_its_enterprise(city: SampleCity) -> None:
    elsewhere = {each.site_region_code for each in city.permits} - {None}
    assert elsewhere == {"152524"}
    assert sum(each.site_region_code is not None for each in city.permits) == 1


def test_no_name_of_a_real_enterprise_occurs(city: SampleCity) -> None:
    text = repr(city) + repr(make_accounts(city))
    assert [name for name in REAL_NAMES if name in text] == []


def test_two_calls_make_equal_cities(city: SampleCity) -> None:
    assert make_city(city.as_of) == city


def test_another_seed_makes_another_city(city: SampleCity) -> None:
    assert make_city(city.as_of, seed=1) != city


def test_the_enterprises_do_not_depend_on_the_day(city: SampleCity) -> None:
    assert city.enterprises == make_city(date(2030, 6, 1)).enterprises


def test_every_process_makes_the_same_city_whatever_its_hash_seed() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST],
            env={
                **os.environ,
                "PYTHONHASHSEED": hash_seed,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("0", "4242")
    }
    assert digests == {hashlib.sha256(repr(make_city(date(2026, 11, 23))).encode()).hexdigest()}


def test_making_a_city_takes_less_than_a_second() -> None:
    start = time.process_time()
    make_city(date(2026, 3, 5))
    assert time.process_time() - start < 1


def test_each_permit_holder_has_one_account_and_the_bureau_has_its_staff(city: SampleCity) -> None:
    accounts = make_accounts(city)
    holders = [account for account in accounts if "enterprise" in account.roles]
    assert [account.usccs for account in holders] == [(p.enterprise_uscc,) for p in city.permits]
    assert {account.login: account.roles for account in accounts[35:]} == {
        "clerk01": ("clerk",),
        "reviewer01": ("reviewer",),
        "reviewer02": ("reviewer",),
        "approver01": ("approver",),
        "admin01": ("administrator",),
        "inspector01": ("inspector",),
        "inspector02": ("inspector",),
        "auditor01": ("auditor",),
        "duty01": ("duty_officer",),
        "store01": ("storekeeper",),
        "bank01": ("bank",),
    }
    assert len({account.login for account in accounts}) == len(accounts)
    assert all(account.login.isascii() for account in accounts)
