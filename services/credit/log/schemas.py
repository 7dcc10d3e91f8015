"""The log over the wire: hashes and signed checkpoints only."""

from typing import Annotated

from pydantic import Field, StringConstraints

from services.kit.schemas import Schema

Verbatim = Annotated[str, StringConstraints(strip_whitespace=False)]
"""A text to the byte: a signed note ends with a newline."""


class InclusionProof(Schema):
    """That the entry at `index` is in the tree of `size` (RFC 9162, 2.1.3)."""

    index: int
    size: int
    hashes: list[str] = Field(description="base64, from the leaf to the root")
    checkpoint: Verbatim = Field(description="signed note of the tree of `size`")


class ConsistencyProof(Schema):
    """That the tree of `to_size` begins with every entry of the tree of `from_size` (RFC 9162, 2.1.4)."""

    from_size: int
    to_size: int
    hashes: list[str] = Field(description="base64")
    checkpoint: Verbatim = Field(description="signed note of the tree of `to_size`")
