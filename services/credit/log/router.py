"""HTTP of the log. No sign-in: it discloses salted commitments only, and whoever watches it keeps it honest."""

from base64 import b64encode
from typing import Annotated

from fastapi import Query
from fastapi.responses import PlainTextResponse

from services.credit.log import service
from services.credit.log.errors import TreeNotReached
from services.credit.log.keys import Signer
from services.credit.log.schemas import ConsistencyProof, InclusionProof
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router

router = new_router("/v1/credit/log", tag="log")

Size = Annotated[int, Query(ge=1, lt=2**62, description="number of entries of the tree")]


@router.get(
    "/checkpoint",
    summary="最新检查点（C2SP已签名文本） Newest checkpoint, a C2SP signed note",
    response_class=PlainTextResponse,
)
async def read_checkpoint(session: Session, signer: Signer) -> PlainTextResponse:
    return PlainTextResponse(await service.checkpoint_note(session, signer))


@router.get(
    "/vkey",
    summary="检查点验证公钥 Key that verifies checkpoints (vkey)",
    description="Compare it over a channel you trust before you rely on it.",
    response_class=PlainTextResponse,
)
async def read_vkey(signer: Signer) -> PlainTextResponse:
    return PlainTextResponse(f"{signer.verifier.vkey}\n")


@router.get(
    "/proof/inclusion",
    summary="包含证明 Proof that an entry is in the log",
    response_model=InclusionProof,
    responses=problem_responses(TreeNotReached),
)
async def read_inclusion(
    session: Session, index: Annotated[int, Query(ge=0, lt=2**62)], size: Size
) -> object:
    proof = await service.inclusion(session, index=index, size=size)
    return InclusionProof(index=index, size=size, hashes=_base64(proof), checkpoint=proof.note)


@router.get(
    "/proof/consistency",
    summary="一致性证明 Proof that the log only grew",
    response_model=ConsistencyProof,
    responses=problem_responses(TreeNotReached),
)
async def read_consistency(
    session: Session,
    old: Annotated[int, Query(alias="from", ge=0, lt=2**62, description="number of entries seen before")],
    new: Annotated[int, Query(alias="to", ge=1, lt=2**62, description="number of entries now")],
) -> object:
    proof = await service.consistency(session, old=old, new=new)
    return ConsistencyProof(from_size=old, to_size=new, hashes=_base64(proof), checkpoint=proof.note)


def _base64(proof: service.Proof) -> list[str]:
    return [b64encode(each).decode("ascii") for each in proof.hashes]
