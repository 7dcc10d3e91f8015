"""Checking proofs of the log (RFC 9162, 2.1.3.2 and 2.1.4.2). Pure: it needs no service and no database.

Written apart from the code that makes proofs, so that one does not share the other's mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.credit.log.merkle import EMPTY_ROOT, node_hash


def inclusion_holds(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows the leaf hash `leaf` at `index` of the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        return False
    position, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            current = node_hash(sibling, current)
            position, last = _up_to_right_child(position, last)
        else:
            current = node_hash(current, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and current == root


def consistency_holds(
    *, old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the newer tree begins with all leaves of the older one."""
    if old_size == 0:
        return new_size >= 0 and not proof and old_root == EMPTY_ROOT
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if not proof:
        return False
    complete = old_size & (old_size - 1) == 0
    first, *rest = (old_root, *proof) if complete else proof
    position, last = _up_to_left_child(old_size - 1, new_size - 1)
    old, new = first, first
    for sibling in rest:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            position, last = _up_to_right_child(position, last)
        else:
            new = node_hash(new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _up_to_right_child(position: int, last: int) -> tuple[int, int]:
    """RFC 9162: shift right until the position is odd or zero; nothing for one that is odd."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _up_to_left_child(position: int, last: int) -> tuple[int, int]:
    """RFC 9162: shift right while the position is odd."""
    while position & 1:
        position, last = position >> 1, last >> 1
    return position, last
