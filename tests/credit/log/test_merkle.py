"""The tree against RFC 9162: published vectors, and proofs for every index and size up to 65."""

from __future__ import annotations

import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credit.log.merkle import (
    EMPTY_ROOT,
    Node,
    complete_subtrees,
    completed_by,
    consistency_ranges,
    fold,
    grow,
    hash_ranges,
    inclusion_ranges,
    leaf_hash,
    node_hash,
)
from services.credit.log.verify import consistency_holds, inclusion_holds

# transparency-dev/merkle, testonly/constants.go (Apache-2.0): eight leaves and the roots of sizes 0 to 8.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c442",
    "6e340b9c",
    "fac54203",
    "aeb6bcfe",
    "d37ee418",
    "4e3bbb1f",
    "76e67dad",
    "ddb89be4",
    "5dc9da79",
)
LARGEST = 65


class Tree:
    """The tree that appending makes, with every size's root and every complete subtree."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = [leaf_hash(leaf) for leaf in leaves]
        self.nodes: dict[Node, bytes] = {}
        self.roots = [EMPTY_ROOT]
        peaks: list[bytes] = []
        for index, leaf in enumerate(self.leaves):
            made, peaks = grow(peaks, index, leaf)
            assert not made.keys() & self.nodes.keys()
            self.nodes |= made
            self.roots.append(fold(peaks))

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return hash_ranges(inclusion_ranges(index, size), self.nodes)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return hash_ranges(consistency_ranges(old, new), self.nodes)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree([index.to_bytes(2, "big") for index in range(LARGEST)])


def mth(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162 2.1.1 defines it, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:split]) + mth(leaves[split:])).digest()


def test_the_roots_of_the_published_eight_leaves() -> None:
    assert tuple(root.hex()[:8] for root in Tree(LEAVES).roots) == ROOTS


def test_the_published_hashes_of_a_leaf_and_a_node() -> None:
    # transparency-dev/merkle, rfc6962/rfc6962_test.go
    assert leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert (
        node_hash(b"N123", b"N456").hex()
        == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


@given(st.integers(0, 200))
def test_the_root_by_appending_is_the_definition_s(size: int) -> None:
    leaves = [bytes([index % 256, index // 256]) for index in range(size)]
    assert Tree(leaves).roots[-1] == mth(leaves)


@given(st.integers(0, 2**40))
def test_appending_needs_few_nodes_and_completes_few(size: int) -> None:
    assert len(complete_subtrees((0, size))) == size.bit_count()
    assert len(completed_by(size)) <= size.bit_length() + 1


@given(st.data())
def test_a_proof_in_a_log_of_millions_needs_some_forty_nodes(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 2**30))
    index = data.draw(st.integers(0, size - 1))
    needed = {node for each in inclusion_ranges(index, size) for node in complete_subtrees(each)}
    assert len(needed) <= 2 * size.bit_length()
    old = data.draw(st.integers(0, size))
    needed = {node for each in consistency_ranges(old, size) for node in complete_subtrees(each)}
    assert len(needed) <= 2 * size.bit_length()


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_every_inclusion_proof_verifies_and_only_for_its_own_leaf_and_place(tree: Tree, size: int) -> None:
    root = tree.roots[size]
    for index in range(size):
        proof = tree.inclusion(index, size)
        leaf = tree.leaves[index]
        assert inclusion_holds(leaf=leaf, index=index, size=size, proof=proof, root=root)
        for other in range(size):
            if other != index:
                assert not inclusion_holds(leaf=leaf, index=other, size=size, proof=proof, root=root)
        assert not inclusion_holds(leaf=leaf_hash(b"x"), index=index, size=size, proof=proof, root=root)


@pytest.mark.parametrize("new", range(1, LARGEST + 1))
def test_every_consistency_proof_verifies_and_only_for_its_own_roots(tree: Tree, new: int) -> None:
    for old in range(new + 1):
        given_roots = {"old_root": tree.roots[old], "new_root": tree.roots[new]}
        proof = tree.consistency(old, new)
        sizes = {"old_size": old, "new_size": new}
        assert consistency_holds(**sizes, **given_roots, proof=proof)
        if 0 < old < new:
            rewritten = {**given_roots, "old_root": tree.roots[old - 1]}
            assert not consistency_holds(**sizes, **rewritten, proof=proof)
            assert not consistency_holds(**sizes, **{**given_roots, "new_root": EMPTY_ROOT}, proof=proof)
            assert not consistency_holds(old_size=old - 1, new_size=new, **given_roots, proof=proof)


@given(st.data())
def test_a_proof_with_any_bit_changed_or_a_hash_more_or_less_fails(tree: Tree, data: st.DataObject) -> None:
    size = data.draw(st.integers(2, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(index, size)
    place = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    changed = (int.from_bytes(proof[place], "big") ^ 1 << bit).to_bytes(32, "big")
    forged = data.draw(
        st.sampled_from(
            [
                [*proof[:place], changed, *proof[place + 1 :]],
                [*proof[:place], *proof[place + 1 :]],
                [*proof, proof[place]],
            ]
        )
    )
    assert not inclusion_holds(
        leaf=tree.leaves[index], index=index, size=size, proof=forged, root=tree.roots[size]
    )


@given(st.data())
def test_a_changed_consistency_proof_fails(tree: Tree, data: st.DataObject) -> None:
    new = data.draw(st.integers(2, LARGEST))
    old = data.draw(st.integers(1, new - 1))
    proof = tree.consistency(old, new)
    place = data.draw(st.integers(0, len(proof) - 1))
    changed = (int.from_bytes(proof[place], "big") ^ 1 << data.draw(st.integers(0, 255))).to_bytes(32, "big")
    for forged in (
        [*proof[:place], changed, *proof[place + 1 :]],
        [*proof[:place], *proof[place + 1 :]],
        [*proof, b"\0" * 32],
    ):
        assert not consistency_holds(
            old_size=old, new_size=new, old_root=tree.roots[old], new_root=tree.roots[new], proof=forged
        )


def test_places_outside_the_tree_are_refused() -> None:
    for index, size in ((-1, 1), (1, 1), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_ranges(index, size)
        assert not inclusion_holds(leaf=b"", index=index, size=size, proof=[], root=EMPTY_ROOT)
    for old, new in ((2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="does not continue"):
            consistency_ranges(old, new)


def test_the_empty_tree_is_the_beginning_of_every_tree_and_of_no_other_root(tree: Tree) -> None:
    both = {"old_size": 0, "new_size": 3, "new_root": tree.roots[3]}
    assert consistency_holds(**both, old_root=EMPTY_ROOT, proof=[])
    assert not consistency_holds(**both, old_root=tree.roots[1], proof=[])
    assert not consistency_holds(**both, old_root=EMPTY_ROOT, proof=[EMPTY_ROOT])


def test_consecutive_roots_differ(tree: Tree) -> None:
    assert all(one != two for one, two in pairwise(tree.roots))
