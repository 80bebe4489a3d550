"""What is wrong with the certificate of a host, in words."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TRUST = "Set 'ca_bundle' to a PEM file with {whom}, if it is the one you expect."
AUTHORITY = TRUST.format(whom="your certificate authority")


@dataclass(frozen=True)
class CertificateFault:
    """Why a certificate is not accepted.

    Attributes:
        words: What is wrong, to go on with after "the certificate".
        remedy: What to do about it.
    """

    words: str
    remedy: str


RENEW = "Have it renewed; if it was, check the clock of this machine."
NAME = "Set 'domain' or 'base_url' to the name that the certificate is for."

FAULTS: Mapping[int, CertificateFault] = {
    9: CertificateFault("is not valid yet", "Check the clock of this machine."),
    10: CertificateFault("has expired", RENEW),
    18: CertificateFault("is self-signed", TRUST.format(whom="this certificate")),
    19: CertificateFault("comes from an authority that is not known here", AUTHORITY),
    20: CertificateFault(
        "comes from an authority that is not known here, or comes without those between",
        f"{AUTHORITY} If it is a public one, have the site send the whole chain.",
    ),
    23: CertificateFault("has been revoked", "Have it replaced."),
    62: CertificateFault("is for another host", NAME),
    64: CertificateFault("is for another host than this IP address", NAME),
}
"""By the codes of OpenSSL (X509_V_ERR_..., in x509_vfy.h)."""

SAME: Mapping[int, int] = {2: 20, 21: 20}
"""Codes that mean what another one does."""


def certificate_fault(error: BaseException) -> CertificateFault | None:
    """Return what is wrong with a certificate, if that is why there is no connection."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            code = SAME.get(cause.verify_code, cause.verify_code)
            unnamed = CertificateFault(f"cannot be verified ({cause.verify_message})", AUTHORITY)
            return FAULTS.get(code, unnamed)
    return None


def tls_reason(error: BaseException) -> str:
    """Say why there is no connection by TLS, in the words of OpenSSL where it has some."""
    reasons = [cause.reason for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
    said = next(filter(None, reasons), None)
    return said.replace("_", " ").lower() if said else type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it was made of, however it was wrapped."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        others = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        waiting += [other for other in others if isinstance(other, BaseException)]
