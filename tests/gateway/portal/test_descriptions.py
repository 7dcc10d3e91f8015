"""What a Chinese reader is asked for is said in Chinese."""

from __future__ import annotations

import re

from gateway.policy.loading import load
from gateway.portal import samples
from gateway.portal.descriptions import chinese, described
from gateway.portal.examples import with_examples
from gateway.portal.reference import Reference, read
from tests.gateway.portal.document import merged_document

HAS_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def reference() -> Reference:
    return read(with_examples(merged_document(), samples.load().values), load())


def asked(shown: Reference) -> set[str]:
    """Every description of a parameter, of a body and of a body's members."""
    found = {each.description for operation in shown.operations for each in operation.parameters}
    bodies = [operation.body for operation in shown.operations if operation.body is not None]
    found |= {body.description for body in bodies} | {row.description for body in bodies for row in body.rows}
    return {text for text in found if text and not HAS_CHINESE.search(text)}


def test_nearly_everything_that_is_asked_for_has_its_chinese() -> None:
    wanted = asked(reference())
    assert len(wanted) > 80
    missing = sorted(wanted - chinese().keys())
    assert len(missing) <= len(wanted) // 10, missing


def test_a_translation_keeps_code_and_names_of_standards() -> None:
    for english, text in chinese().items():
        assert re.findall(r"`[^`]*`", english) == re.findall(r"`[^`]*`", text), english
        assert HAS_CHINESE.search(text), english


def test_what_has_no_translation_is_shown_as_it_is() -> None:
    assert described("how many items at most", "zh") == "至多几项"
    assert described("how many items at most", "en") == "how many items at most"
    assert described("nobody has written this", "zh") == "nobody has written this"
