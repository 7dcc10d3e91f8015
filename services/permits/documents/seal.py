"""The bureau's electronic seal (电子签章): any reader of PDF shows who signed, and that nothing changed since.

It stands beside the receipt, by which this system itself proves what it issued. A signature made with a key that only
the bureau commands, and that shows every change, is as good as its stamp (电子签名法 art. 13, 14); whose key it is, a
licensed provider's certificate says (art. 16).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

LEAST_RSA_BITS = 2048
_SEALING = "services.permits.documents.sealing"  # a library of 50 MiB, for a process that has a seal

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Seal:
    """A private key with the certificates that say whose it is: its own first, those of its issuers behind."""

    key: Key = field(repr=False)
    certificates: tuple[x509.Certificate, ...] = field(repr=False)

    @classmethod
    def from_pem(cls, text: str) -> Self:
        """Of a PKCS #8 key without passphrase and its certificates, in one text; ValueError for anything else."""
        data = text.encode()
        key = serialization.load_pem_private_key(data, password=None)
        certificates = x509.load_pem_x509_certificates(data)
        if not isinstance(key, Key):
            raise ValueError("the seal's key is neither of an elliptic curve nor RSA")
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size < LEAST_RSA_BITS:
            raise ValueError(f"the seal's RSA key has less than {LEAST_RSA_BITS} bits")
        if certificates[0].public_key() != key.public_key():
            raise ValueError("the seal's first certificate is of another key")
        return cls(key, tuple(certificates))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of its certificate, in hex."""
        return self.certificates[0].fingerprint(hashes.SHA256()).hex()

    def is_valid_at(self, moment: datetime) -> bool:
        """Whether the certificate's period holds `moment`: outside of it no reader would believe a signature."""
        certificate = self.certificates[0]
        return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc

    def sealed(self, pdf: bytes) -> bytes:
        """The document with its signature behind it. It computes for tens of milliseconds."""
        signed: bytes = importlib.import_module(_SEALING).sealed(pdf, self)
        return signed
