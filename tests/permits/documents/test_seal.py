"""The bureau's seal: what a reader of PDF makes of it, and what is taken for one."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from infra.local.seals import make_seal
from services.kit import clock
from services.permits.documents.press import in_use
from services.permits.documents.rendering import render
from services.permits.documents.rules import Kind
from services.permits.documents.seal import Seal
from services.permits.settings import PermitsSettings
from tests.permits.documents.example import sheet

CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@pytest.fixture(scope="module")
def pem() -> str:
    return make_seal()


@pytest.fixture(scope="module")
def printed() -> bytes:
    return render(sheet(Kind.DUPLICATE), document_id="a")


async def read(pdf: bytes, *, trusted: str) -> PdfSignatureStatus:
    """As a reader does that trusts this certificate."""
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    roots = list(load_certs_from_pemder_data(trusted.encode()))
    return await async_validate_pdf_signature(signature, ValidationContext(trust_roots=roots))


def certificate_of(pem: str) -> str:
    return CERTIFICATE + pem.partition(CERTIFICATE)[2]


@pytest.fixture(scope="module")
def sealed(pem: str, printed: bytes) -> bytes:
    return Seal.from_pem(pem).sealed(printed)


async def test_a_reader_shows_who_signed_and_that_the_whole_document_is_as_it_was(
    pem: str, printed: bytes, sealed: bytes
) -> None:
    assert sealed.startswith(printed)  # what was printed stays, byte for byte
    status = await read(sealed, trusted=certificate_of(pem))
    assert status.valid
    assert status.intact
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert status.signing_cert.sha256.hex() == Seal.from_pem(pem).fingerprint


async def test_one_changed_byte_shows(pem: str, printed: bytes, sealed: bytes) -> None:
    changed = bytearray(sealed)
    changed[len(printed) // 2] ^= 1
    status = await read(bytes(changed), trusted=certificate_of(pem))
    assert not status.intact


async def test_what_is_added_later_shows(pem: str, sealed: bytes) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b"0 0 999 999 re f"))
    writer.update_container(page)
    changed = io.BytesIO()
    writer.write(changed)  # type: ignore[no-untyped-call]
    status = await read(changed.getvalue(), trusted=certificate_of(pem))
    assert status.intact
    assert not status.bottom_line
    assert status.modification_level is ModificationLevel.OTHER


async def test_a_reader_that_does_not_know_the_issuer_says_so(sealed: bytes) -> None:
    status = await read(sealed, trusted=certificate_of(make_seal()))
    assert status.intact
    assert not status.trusted


def key_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no PEM",
        key_pem(ec.generate_private_key(ec.SECP256R1())),
        certificate_of(make_seal()),
        key_pem(ec.generate_private_key(ec.SECP256R1())) + certificate_of(make_seal()),
        key_pem(ed25519.Ed25519PrivateKey.generate()) + certificate_of(make_seal()),
        key_pem(rsa.generate_private_key(65537, 1024))  # noqa: S505 - it is refused
        + certificate_of(make_seal()),
    ],
    ids=["empty", "not PEM", "no certificate", "no key", "another's key", "Ed25519", "short RSA"],
)
def test_what_is_no_seal_stops_the_service_and_is_not_told(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PermitsSettings(database_url="postgresql+asyncpg://none", receipt_keys="{}", seal=text)
    assert "seal" in str(refused.value)
    assert "-----" not in str(refused.value)


def test_a_bureau_may_have_none() -> None:
    assert PermitsSettings(database_url="postgresql+asyncpg://none", receipt_keys="{}").seal is None


def test_the_environment_gives_it_as_pem(pem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPPE_PERMITS_SEAL", pem)
    settings = PermitsSettings(database_url="postgresql+asyncpg://none", receipt_keys="{}")
    assert settings.seal is not None
    assert settings.seal.fingerprint == Seal.from_pem(pem).fingerprint
    assert "PRIVATE" not in repr(settings)


def test_it_is_used_in_its_certificates_period_only() -> None:
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    seal = Seal.from_pem(make_seal(begin=begin, end=end))
    second = timedelta(seconds=1)
    for moment, used in ((begin - second, None), (begin, seal), (end, seal), (end + second, None)):
        with clock.at(moment):
            assert in_use(seal) is used
    assert in_use(None) is None
