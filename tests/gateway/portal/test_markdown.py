"""Guides: headings with anchors, links between them, code that can be copied, and no HTML of their own."""

from __future__ import annotations

from gateway.portal.guides import ORDER, changelog, guides
from gateway.portal.markdown import article, inline

SOURCE = """# For *systems*

Read the feed.

## Reading events

See [the bureau's](bureau.zh.md#what) and [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).

| a | b |
|---|---|
| 1 | 2 |

```sh
curl "$api" <b>
```

<script>alert(1)</script>
"""


def test_an_article_has_its_title_its_lead_and_its_headings() -> None:
    made = article(SOURCE)
    assert (made.title, made.lead) == ("For *systems*", "Read the feed.")
    assert [(each.anchor, each.text) for each in made.headings] == [("reading-events", "Reading events")]
    assert "<h1" not in made.html
    assert '<h2 id="reading-events">' in made.html


def test_a_link_to_another_guide_is_a_link_to_its_page() -> None:
    html = article(SOURCE).html
    assert 'href="/docs/zh/guides/bureau#what"' in html
    assert 'href="https://www.rfc-editor.org/rfc/rfc9457"' in html


def test_html_in_the_source_is_shown_not_obeyed() -> None:
    html = article(SOURCE).html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "curl &#34;$api&#34; &lt;b&gt;" in html
    assert "<b>" not in inline("<b>bold</b> `code`")


def test_the_changelog_has_the_same_versions_in_both_languages() -> None:
    def versions(language: str) -> list[str]:
        return [each.text.split(" ")[0] for each in changelog(language).headings]

    assert versions("zh") == versions("en")
    assert versions("en")


def test_every_guide_is_there_in_both_languages_with_title_and_lead() -> None:
    for language in ("zh", "en"):
        assert list(guides(language)) == list(ORDER)
        assert all(each.title and each.lead for each in guides(language).values())
