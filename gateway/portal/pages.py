"""The portal's pages: made from the merged document, kept until it changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.merge import Document
from gateway.policy.table import PolicyTable
from gateway.portal import assets, guides, samples
from gateway.portal.answers import Content, content
from gateway.portal.descriptions import described
from gateway.portal.examples import ExampleMaker, with_examples
from gateway.portal.markdown import inline
from gateway.portal.reference import SECTIONS, Operation, Reference, read
from gateway.portal.rows import rows_of
from gateway.portal.texts import LANGUAGES, STATUS_TEXTS, say
from services.kit.clock import CITY_TIME

TEMPLATES = Path(__file__).with_name("templates")
JSON = "application/json"


@dataclass(slots=True)
class _Edition:
    """One merged document, and the pages made of it so far."""

    source: Document
    digest: str
    reference: Reference
    openapi: Content
    pages: dict[tuple[str, ...], Content] = field(default_factory=dict)


class Portal:
    """Renders pages. `policy` says who may call what; `version` is the installation's."""

    def __init__(self, policy: PolicyTable, *, version: str) -> None:
        self._policy, self._version = policy, version
        self._assets = assets.load()
        self._samples = samples.load()
        self._edition: _Edition | None = None
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            auto_reload=False,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["md"] = inline
        self._environment.filters["pretty"] = partial(json.dumps, ensure_ascii=False, indent=2)

    def openapi(self, document: Document) -> Content:
        """The merged document with its examples."""
        return self._of(document).openapi

    def page(self, document: Document, language: str, *path: str) -> Content | None:
        """The page at `/docs/<language>/<path…>`; None where there is none."""
        edition = self._of(document)
        made = edition.pages.get((language, *path))
        if made is None:
            view = self._view(edition.reference, language, path)
            if view is None:
                return None
            template, values = view
            made = content(self.render(template, language, path, edition.reference, **values))
            edition.pages[(language, *path)] = made
        return made

    def lost(self, document: Document, language: str, *path: str) -> Content:
        """The page for an address without a page, or whose service gives no document just now."""
        reference = self._of(document).reference
        if path[:1] == ("reference",) and path[1:2] and path[1] in reference.missing:
            return content(self.render("away.html", language, path, reference), status=503)
        return content(self.render("lost.html", language, ("lost",), reference), status=404)

    def status_page(self, language: str, report: Any) -> str:
        """The page of a `gateway.status` report; it needs nothing of the services."""
        nothing = Reference(operations=[], events=[], problems=[], missing=[])
        return self.render(
            "status.html",
            language,
            ("status",),
            nothing,
            report=report,
            clock=_city_time,
            other_page=f"/status?lang={_other(language)}",
        )

    def render(
        self, template: str, language: str, path: tuple[str, ...], reference: Reference, **values: Any
    ) -> str:
        """A template with what all of them need."""
        accepted = LANGUAGES[language]
        other = _other(language)
        return self._environment.get_template(template).render(
            t=partial(say, language=accepted),
            d=partial(described, language=language),
            say=lambda text: text.say(accepted),
            lang=language,
            locale=accepted,
            other=other,
            other_page=values.pop("other_page", "/".join(["/docs", other, *path])),
            path=path,
            asset=self._assets.url,
            reference=reference,
            services=[s for s in SECTIONS if reference.of_service(s)],
            version=self._version,
            **values,
        )

    def _of(self, document: Document) -> _Edition:
        edition = self._edition
        if edition is not None and edition.source is document:
            return edition
        digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
        if edition is not None and edition.digest == digest:
            edition.source = document
            return edition
        whole = with_examples(document, self._samples.values)
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        made = _Edition(document, digest, read(whole, self._policy), content(text, media_type=JSON))
        self._edition = made
        return made

    def _view(
        self, reference: Reference, language: str, path: tuple[str, ...]
    ) -> tuple[str, dict[str, Any]] | None:
        """Which template, and with what."""
        match path:
            case ():
                return "home.html", {"guides": guides.guides(language)}
            case ("reference",):
                return "reference.html", {}
            case ("reference", service, slug):
                operation = reference.by_slug.get((service, slug))
                if operation is None:
                    return None
                return "operation.html", self._operation(reference, operation, language)
            case ("events",):
                return "events.html", {"rows_of": _payload_rows, "example_of": self._payload_example}
            case ("errors",):
                return "errors.html", {}
            case ("guides",):
                return "guides.html", {"guides": guides.guides(language)}
            case ("guides", name):
                known = guides.guides(language)
                return ("guide.html", {"name": name, "guides": known}) if name in known else None
            case ("changelog",):
                retired = [route for route in self._policy if route.retirement is not None]
                return "changelog.html", {"article": guides.changelog(language), "retired": retired}
        return None

    def _operation(self, reference: Reference, operation: Operation, language: str) -> dict[str, Any]:
        titles = {
            (problem["code"], service): problem
            for problem in reference.problems
            for service in problem["services"]
        }

        def take(name: str) -> samples.Source | None:
            return self._samples.list_for(operation.key, operation.service, name)

        def meaning(status: str) -> str | None:
            text = STATUS_TEXTS.get(status)
            return text.say(LANGUAGES[language]) if text else None

        return {
            "operation": operation,
            "problem_of": lambda code: titles.get((code, operation.service)),
            "take": take,
            "takes": any(each.required and take(each.name) for each in operation.parameters),
            "says_purpose": any(each.name == "Steppe-Purpose" for each in operation.parameters),
            "body": self._samples.bodies.get(operation.key),
            "places": self._samples.places_of(operation.key),
            "meaning": meaning,
        }

    def _payload_example(self, event: dict[str, Any]) -> Any:
        payload = event["payload"]
        return {
            "specversion": "1.0",
            "id": "01976b7c-3f00-7000-8000-000000000001",
            "source": f"/v1/{event['service']}",
            "type": event["name"],
            "time": "2026-03-31T10:00:00+08:00",
            "datacontenttype": "application/json",
            "sequence": "1024",
            "data": ExampleMaker(payload, self._samples.values).of(payload),
        }


def _other(language: str) -> str:
    return "en" if language == "zh" else "zh"


def _city_time(moment: datetime | str) -> str:
    """A moment as the city's wall clock shows it."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return when.astimezone(CITY_TIME).strftime("%Y-%m-%d %H:%M:%S")


def _payload_rows(event: dict[str, Any]) -> Any:
    return rows_of(event["payload"], event["payload"])
