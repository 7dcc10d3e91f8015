"""A page of metrics, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


class Page:
    def __init__(self, content: bytes) -> None:
        self.families = list(text_string_to_metric_families(content.decode()))

    def named(self, name: str) -> Iterator[Sample]:
        return (sample for family in self.families for sample in family.samples if sample.name == name)

    def value(self, name: str, **labels: str) -> float:
        """Of the one sample with these labels; KeyError where there is none."""
        found = [sample.value for sample in self.named(name) if sample.labels == labels]
        if len(found) != 1:
            raise KeyError(name, labels, [sample.labels for sample in self.named(name)])
        return found[0]

    def names(self) -> set[str]:
        return {sample.name for family in self.families for sample in family.samples}
