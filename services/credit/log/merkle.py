"""The Merkle tree of the log (RFC 9162, 2.1): hashes, and which of them make up a root or a proof. Pure.

A complete subtree (`Node`) is stored once it is full and never changes. Every root and every proof is made of such
nodes, at most about 2·log2(n) of them, so that nothing ever reads the whole log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the empty tree (RFC 9162, 2.1.1)."""

Node = tuple[int, int]
"""(level, index): the complete subtree over the leaves from index·2^level to (index + 1)·2^level, excluded."""

Range = tuple[int, int]
"""The leaves from the first to the second, excluded."""


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data) (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right) (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_subtrees(leaves: Range) -> list[Node]:
    """The complete subtrees that cover a range of the tree, left to right, the largest first.

    The range must be one that the tree's own splitting makes: it starts at a multiple of the power of two that its
    length is rounded up to.
    """
    begin, end = leaves
    nodes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees as `complete_subtrees` lists them (RFC 9162, 2.1.1: the larger is left)."""
    if not hashes:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes[:-1]), hashes[-1])


def completed_by(index: int) -> list[Node]:
    """The nodes that become full with the leaf at `index`, the leaf's own first."""
    nodes = [(0, index)]
    while index & 1:
        index >>= 1
        nodes.append((nodes[-1][0] + 1, index))
    return nodes


def grow(peaks: Sequence[bytes], index: int, leaf: bytes) -> tuple[dict[Node, bytes], list[bytes]]:
    """Adds the leaf hash `leaf` at `index` to the tree whose complete subtrees hash to `peaks`.

    Answers the nodes that it completes and the peaks of the tree that now holds index + 1 leaves.
    """
    after, current, made = list(peaks), leaf, {}
    for node in completed_by(index):
        if node[0]:
            current = node_hash(after.pop(), current)
        made[node] = current
    return made, [*after, current]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The pieces of PATH(index, D[size]) from the leaf to the root (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    pieces, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            pieces.append((middle, end))
            end = middle
        else:
            pieces.append((begin, middle))
            begin = middle
    return pieces[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The pieces of PROOF(old, D[new]) (RFC 9162, 2.1.4.1); none where old is 0 or new."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not continue one of {old}")
    if old in (0, new):
        return []
    pieces, begin, end = [], 0, new
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            pieces.append((middle, end))
            end = middle
        else:
            pieces.append((begin, middle))
            begin = middle
    return [*([(begin, end)] if begin else []), *reversed(pieces)]


def hash_ranges(ranges: Iterable[Range], stored: Mapping[Node, bytes]) -> list[bytes]:
    """The hash of each range, from the stored nodes that make it up."""
    return [fold([stored[node] for node in complete_subtrees(each)]) for each in ranges]


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)
