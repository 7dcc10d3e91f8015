"""A signature inside a PDF: PAdES baseline B-B (ETSI EN 319 142-1), by pyHanko. Loaded only where there is a seal."""

from __future__ import annotations

import io

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.permits.documents.seal import Seal

FIELD = "Seal"


def sealed(pdf: bytes, seal: Seal) -> bytes:
    """`pdf` as it is, and behind it a signature that certifies it and allows no change (DocMDP 1)."""
    own, *issuers = load_certs_from_pemder_data(
        b"".join(each.public_bytes(Encoding.PEM) for each in seal.certificates)
    )
    key = seal.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    known.register_multiple(issuers)
    signer = SimpleSigner(own, load_private_key_from_pemder_data(key, passphrase=None), known)
    said = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signed = io.BytesIO()
    PdfSigner(said, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=signed)
    return signed.getvalue()
