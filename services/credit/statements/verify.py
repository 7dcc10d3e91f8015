"""Checks a statement's file without calling anybody. Pure: published keys, the log's vkey and a time in, claims out."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from services.credit.log.kinds import EVALUATION
from services.credit.log.leaf import opens, read_leaf
from services.credit.log.note import NoteInvalid, Verifier
from services.credit.log.tlog_proof import check_proof, read_proof
from services.credit.statements.claims import FORMAT, NUMBERS, SAME_AS_LEAF, TIMES, TYPE, Claims
from services.kit.canonical import NotCanonical, canonical_json, load_json
from services.kit.jws import SignatureInvalid, verify_jws
from services.kit.texts import Text

CLOCKS_DIFFER_BY = timedelta(minutes=5)


class StatementInvalid(Exception):  # noqa: N818 - reads as the sentence it is
    """The file does not prove what it claims. `code` is stable, `reason` says why."""

    def __init__(self, code: str, reason: Text) -> None:
        super().__init__(f"{code}: {reason.en}")
        self.code, self.reason = code, reason


def check_statement(
    file: Any, *, public_jwks: Mapping[str, Any], verifiers: Iterable[Verifier], at: datetime
) -> Claims:
    """The claims that the file proves at the time `at`; StatementInvalid where it does not.

    In order: the issuer's signature, the evaluation's leaf and what is opened of it, the leaf's place in the log
    whose checkpoint a verifier signed, and the time for which the statement holds.
    """
    claims = _signed_claims(_text(file, "jws"), public_jwks)
    if file.get("format") != FORMAT:
        raise _malformed()
    leaf = _opened_leaf(file.get("evaluation"), claims)
    _check_place(_text(file, "proof"), leaf, claims, verifiers)
    _check_time(claims, at)
    return claims


def _text(file: Any, name: str) -> str:
    value = file.get(name) if isinstance(file, dict) else None
    if not isinstance(value, str):
        raise _malformed()
    return value


def _signed_claims(jws: str, public_jwks: Mapping[str, Any]) -> Claims:
    try:
        payload = verify_jws(jws, public_jwks, typ=TYPE)
    except SignatureInvalid as error:
        raise StatementInvalid(error.code, error.reason) from error
    try:
        members = load_json(payload)
        if not isinstance(members, dict) or canonical_json(members) != payload:
            raise ValueError("not canonical")
        read: dict[str, Any] = {part.name: _claim(part.name, members[part.name]) for part in fields(Claims)}
        return Claims(**read)
    except (ValueError, KeyError) as error:
        raise _malformed() from error


def _claim(name: str, value: Any) -> Any:
    if name in NUMBERS:
        if type(value) is not int:
            raise ValueError(f"{name} is no integer")
        return value
    if not isinstance(value, str):
        raise ValueError(f"{name} is no text")
    if name not in TIMES:
        return value
    moment = datetime.fromisoformat(value)
    if moment.utcoffset() is None:
        raise ValueError(f"{name} has no offset")
    return moment


def _opened_leaf(evaluation: Any, claims: Claims) -> bytes:
    try:
        leaf = base64.b64decode(evaluation["leaf"], validate=True)
        disclosed = [(str(salt), str(name), value) for salt, name, value in evaluation["disclosed"]]
        kind, _ = read_leaf(leaf)
        fit = all(opens(leaf, opening) for opening in disclosed)
    except (ValueError, TypeError, KeyError, NotCanonical) as error:
        raise _malformed() from error
    said = {name: value for _, name, value in disclosed}
    if not fit or kind != EVALUATION:
        reason = Text(
            zh="公开的字段与日志条目中的承诺不符", en="what is disclosed does not fit the log's commitments"
        )
        raise StatementInvalid("disclosure_mismatch", reason)
    differing = [name for name in SAME_AS_LEAF if name not in said or said[name] != getattr(claims, name)]
    if differing:
        names = ", ".join(differing)
        reason = Text(
            zh=f"声明与日志中的评价不一致：{names}",
            en=f"the statement is not what the evaluation in the log says: {names}",
        )
        raise StatementInvalid("claims_differ_from_log", reason)
    return leaf


def _check_place(text: str, leaf: bytes, claims: Claims, verifiers: Iterable[Verifier]) -> None:
    try:
        proof = read_proof(text)
        checkpoint = check_proof(proof, entry=leaf, verifiers=verifiers)
    except NoteInvalid as error:
        raise StatementInvalid(error.code, error.reason) from error
    said = (claims.evaluation_index, claims.tree_size, claims.log)
    if said != (proof.index, checkpoint.size, checkpoint.origin):
        reason = Text(
            zh="声明所称的日志位置与证明不符", en="the place in the log that is claimed is not the one proved"
        )
        raise StatementInvalid("place_differs", reason)


def _check_time(claims: Claims, at: datetime) -> None:
    if at >= claims.expires_at:
        reason = Text(
            zh=f"声明已于 {claims.expires_at.isoformat()} 失效",
            en=f"the statement expired at {claims.expires_at.isoformat()}",
        )
        raise StatementInvalid("statement_expired", reason)
    if at < claims.as_of - CLOCKS_DIFFER_BY:
        reason = Text(
            zh="声明的出具时间在核验时间之后", en="the statement was issued after the time it is checked for"
        )
        raise StatementInvalid("statement_not_yet_issued", reason)


def _malformed() -> StatementInvalid:
    return StatementInvalid(
        "statement_malformed", Text(zh="不是有效的信用状况声明文件", en="not a well-formed credit statement")
    )
