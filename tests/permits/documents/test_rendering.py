"""A sheet as PDF: the same bytes each time, fonts inside, every name readable, as many pages as it takes."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.permits.documents.content import Holder
from services.permits.documents.rendering import render
from services.permits.documents.rules import Kind
from services.permits.documents.sheets import Stamp
from services.permits.documents.typesetting import HAN, RARE, markup, runs
from tests.permits.documents.example import HOLDER, VERIFY_AT, permit, sheet


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def named(name: str) -> Holder:
    return Holder(name, HOLDER.uscc, HOLDER.address, HOLDER.legal_representative)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_sheet_gives_the_same_bytes(kind: Kind) -> None:
    stamp = Stamp("已注销", "自2026-05-01起已注销，本证不再有效")
    first = render(sheet(kind, stamp=stamp), document_id="a")
    assert first.startswith(b"%PDF-")
    assert render(sheet(kind, stamp=stamp), document_id="a") == first
    assert render(sheet(kind), document_id="a") != first
    assert render(sheet(kind, stamp=stamp), document_id="b") != first


@pytest.mark.parametrize("kind", list(Kind))
def test_every_font_is_embedded_and_in_part_only(kind: Kind) -> None:
    pdf = render(sheet(kind, holder=named("二连浩特市𠮷祥㙓业")), document_id="a")
    fonts = re.findall(rb"/BaseFont /([\w+-]+)", pdf)
    assert {font.partition(b"+")[2] for font in fonts} == {b"SteppeHan-Regular", b"SteppeRareHan-Regular"}
    assert len(re.findall(rb"/FontFile2 ", pdf)) == len(fonts)
    assert len(pdf) < 150_000


def test_an_original_is_one_page_however_long_its_names_are() -> None:
    holder = Holder("某" * 200, HOLDER.uscc, "址" * 200, "人" * 200)
    terms = {**permit()["terms"], "site_address": "处" * 200}
    made = sheet(Kind.ORIGINAL, holder=holder, site_name="场" * 200, terms=terms)
    made = replace(made, authority="局" * 200)
    assert pages(render(made, document_id="a")) == 1


@pytest.mark.parametrize("text", ["长" * 4000, "\n".join("行" * 2000)])
def test_a_requirement_longer_than_a_page_goes_on_on_the_next(text: str) -> None:
    terms = {**permit()["terms"], "other": [{"subject": "全厂", "text": text}]}
    assert pages(render(sheet(terms=terms), document_id="a")) > 3


def test_a_duplicate_is_described_as_its_original_is() -> None:
    for kind in Kind:
        pdf = render(sheet(kind), document_id="a")
        assert f"/Subject ({VERIFY_AT})".encode() in pdf
        assert b"untitled" not in pdf


def test_200_outlets_with_long_names_take_pages_and_every_page_is_numbered() -> None:
    first = permit()["outlets"][0]
    outlets = [{**first, "code": f"DA{index:03}", "name": "很长的排放口名称" * 25} for index in range(1, 201)]
    pdf = render(sheet(outlets=outlets), document_id="a")
    assert pages(pdf) > 30


class TestRareCharacters:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("热力", [(HAN, "热力")]),
            ("㙓", [(HAN, "㙓")]),
            ("𠮷祥", [(RARE, "𠮷"), (HAN, "祥")]),
            ("Үйлдвэр", [(RARE, "Ү"), (HAN, "йлдвэр")]),
            ("张𪚥", [(HAN, "张〔U+2A6A5〕")]),
            ("\ue000", [(HAN, "〔U+E000〕")]),
            ("👍", [(HAN, "〔U+1F44D〕")]),
        ],
    )
    def test_what_no_font_has_is_seen_to_be_missing(self, text: str, expected: list[tuple[str, str]]) -> None:
        assert runs(text) == expected

    @given(st.text())
    def test_no_character_is_dropped(self, text: str) -> None:
        shown = "".join(piece for _, piece in runs(text))
        back = re.sub(r"〔U\+([0-9A-F]{4,6})〕", lambda found: chr(int(found[1], 16)), shown)
        assert back == text or "〔U+" in text

    @settings(max_examples=20, deadline=None)
    @given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
    def test_any_name_is_set(self, name: str) -> None:
        assert pages(render(sheet(Kind.ORIGINAL, holder=named(name)), document_id="a")) == 1

    def test_a_name_is_no_markup(self) -> None:
        assert markup("<b>&amp;</b>") == "&lt;b&gt;&amp;amp;&lt;/b&gt;"


def test_the_code_points_of_the_text_are_in_the_file_for_search_and_for_readers_aloud() -> None:
    pdf = render(sheet(Kind.ORIGINAL, holder=named("𠮷")), document_id="a")
    streams = [stream.strip() for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S)]
    maps = [zlib.decompress(stream) for stream in streams if not stream.endswith(b"~>")]
    assert any(b"<D842DFB7>" in each for each in maps)
