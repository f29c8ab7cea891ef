"""Reading the signatures of a PDF: who signed, what they cover, and whether that changed since. Trusts nothing in the file.

Who a certificate belongs to is only what it says of itself; whether it is one of ours is asked of the register.
"""

import asyncio
import hashlib
import io
import logging

from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, MiB, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature, collect_embedded_signatures
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.signing.signature import Signature

# Nobody here is trusted by a list, which pyHanko would write into the log as an error each time.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)
# More signatures than these are not looked at.
MOST = 4
_LIMITS = DecodeLimits(
    per_stream=StreamDecodeLimits(max_output_size=16 * MiB), document_budget=DocumentDecodeBudget(base_allowance=48 * MiB, max_ratio=3))


def signatures_of(pdf: bytes) -> list[Signature]:
    """Return the signatures in the file, the earliest first, none for a file without. Asks no network and no list of trusted issuers.

    What others made may be built to harm: call it for such files only where time and memory are bounded.

    :raises Exception: of any kind for a file that is no PDF or a broken one.
    """
    reader = PdfFileReader(io.BytesIO(pdf), strict=False, decode_limits=_LIMITS)
    return [_read(found, len(pdf)) for found in collect_embedded_signatures(reader)[:MOST] if found.sig_object_type == "/Sig"]


def _read(found: EmbeddedPdfSignature, size: int) -> Signature:
    certificate = found.signer_cert
    names = certificate.subject.native
    status = _status(found)
    ends_at = found.byte_range[2] + found.byte_range[3]
    return Signature(
        fingerprint=hashlib.sha256(certificate.dump()).hexdigest(),
        subject=str(names.get("common_name") or names.get("organization_name") or "")[:200],
        is_intact=bool(status and status.intact and status.valid),
        covers_file=bool(status and status.coverage == SignatureCoverageLevel.ENTIRE_FILE and ends_at == size),
        ends_at=int(ends_at),
        has_time_stamp=bool(status and status.timestamp_validity and status.timestamp_validity.intact and status.timestamp_validity.valid),
    )


def _status(found: EmbeddedPdfSignature) -> PdfSignatureStatus | None:
    """Ask pyHanko; what it will not even judge is not intact. Changes behind the signature are not weighed: there may be none."""
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    try:
        return asyncio.run(async_validate_pdf_signature(found, signer_validation_context=context, skip_diff=True))
    except Exception:
        return None
