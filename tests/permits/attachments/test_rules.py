"""What files are taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.kit.ids import new_id
from services.permits.attachments.rules import FORMS, START_BYTES, check_file, check_named


def codes(name: str, media_type: str, start: bytes) -> list[str]:
    found = Findings()
    check_file(found, name=name, media_type=media_type, start=start)
    return [each.code for each in found.errors]


@pytest.mark.parametrize("media_type", FORMS)
def test_a_file_is_of_the_form_that_it_is_said_to_be(media_type: str) -> None:
    form = FORMS[media_type]
    for begins in form.begins:
        assert len(begins) <= START_BYTES
        for ending in form.endings:
            assert codes(f"管网{ending.upper()}", media_type, begins + b"...") == []
    assert codes(f"管网{form.endings[0]}", media_type, b"MZ\x90\x00") == ["file_of_another_form"]
    assert codes("管网.exe", media_type, form.begins[0]) == ["file_name_ending"]


@pytest.mark.parametrize(
    "name", ["../a.pdf", "a\\b.pdf", "a\x00.pdf", "a\r\nb.pdf", "exe\u202efdp.pdf", "a\u200b.pdf", 'a".pdf']
)
def test_a_name_leads_nowhere_and_reads_as_it_is(name: str) -> None:
    assert codes(name, "application/pdf", b"%PDF-1.4") == ["file_name_forbidden"]


ids = st.lists(st.builds(new_id), min_size=1, max_size=4, unique=True)


@given(ids, st.data())
def test_a_file_is_named_once_and_known(known: list, data: st.DataObject) -> None:
    strangers = [new_id()]
    named = data.draw(st.lists(st.sampled_from(known + strangers), max_size=6))
    found = Findings()
    check_named(found, named, known=known, article="x")
    twice = {f"/attachments/{n}/attachment_id" for n, each in enumerate(named) if each in named[:n]}
    unknown = {
        f"/attachments/{n}/attachment_id"
        for n, each in enumerate(named)
        if each in strangers and each not in named[:n]
    }
    assert {each.pointer for each in found.errors if each.code == "attachment_twice"} == twice
    assert {each.pointer for each in found.errors if each.code == "attachment_unknown"} == unknown
    assert len(found.errors) == len(twice) + len(unknown)
