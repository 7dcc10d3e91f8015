"""The file of quotas: what is wrong in it is said, and each caller gets the quota of its kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.limits import quotas
from gateway.limits.quotas import UNLIMITED, LimitsFileError
from gateway.policy.loading import load as load_policy
from gateway.policy.rules import AUDIENCE_OF_ROLE, RateClass


def test_the_file_that_ships_gives_every_role_a_quota_in_every_class() -> None:
    shipped = quotas.load()
    for rate in RateClass:
        if rate is not UNLIMITED:
            assert shipped.of_public(rate).name == rate
            for role in AUDIENCE_OF_ROLE:
                assert shipped.of_roles(rate, (role,)).amount >= 1


def test_a_caller_of_two_kinds_has_the_larger_and_one_of_no_kind_the_public_one() -> None:
    shipped = quotas.load()
    of = shipped.of_roles
    assert of(RateClass.READS, ("bank", "clerk")) == of(RateClass.READS, ("clerk",))
    assert of(RateClass.READS, ("dragon",)) == shipped.of_public(RateClass.READS)


def test_a_scale_multiplies_all_and_leaves_at_least_one() -> None:
    assert quotas.load(scale=2).of_public(RateClass.READS).amount == 1200
    assert quotas.load(scale=0.0001).of_public(RateClass.SUBMISSIONS).amount == 1


def test_only_probes_are_without_a_limit() -> None:
    assert {route.template for route in load_policy() if route.rate is UNLIMITED} == {"/healthz", "/readyz"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("public = 600\n", "public = 0\n"), "reads.public"),
        (("public = 600\n", ""), "reads.public: Field required"),
        (("device = 600\n", "device = 600\ndragon = 1\n"), "reads.dragon"),
        (("[bulk]", "[bulky]"), "bulk"),
        (("window = 60", "window = 0"), "reads.window"),
        (("[reads]", "[reads"), "limits.toml"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(quotas.SHIPPED.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(LimitsFileError, match=told):
        quotas.load(file)
    with pytest.raises(LimitsFileError, match=r"missing\.toml"):
        quotas.load(tmp_path / "missing.toml")
