"""Signing papers: an incremental update after the typeset bytes, so that these stay what the register can compute again.

Keeps true: with an RSA or Ed25519 key and no time stamp the same paper, key and moment give the same bytes. ECDSA draws a random
number for each signature and a time-stamp server answers differently each time; those papers are kept, never computed again.
"""

import asyncio
import hashlib
import io
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError as PyHankoError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from certificates.signing.errors import SigningError, TimeStampFailed, TokenMissing
from certificates.signing.keys import UnitKey, forget
from certificates.signing.reading import signatures_of

FIELD = "ChuKySo"
_SPEC = SigFieldSpec(FIELD, invis_sig_settings=InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True))


class _Update(IncrementalPdfFileWriter):
    """An update that leaves the metadata alone: rewriting it would lose PDF/A's descriptions of its own words."""

    def __init__(self, pdf: bytes, salt: str) -> None:
        # Typst ends its file without an end of line, and an object must begin on one of its own (ISO 19005-2, 6.1.9).
        super().__init__(io.BytesIO(pdf if pdf.endswith(b"\n") else pdf + b"\n"))
        # The second half of the file's id tells this version from the one before; a random one would change the bytes each time.
        self._document_id[1] = generic.ByteStringObject(hashlib.sha256(salt.encode() + pdf).digest()[:16])

    def _update_meta(self) -> None:
        pass


class _AtMoment(PdfSigner):
    """A signer whose clock is handed in."""

    def __init__(self, *args, at: datetime, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.at
        return session


class _Stamper(RequestsHTTPTimeStamper):
    """A time-stamp server whose failures are told from all others."""

    async def async_timestamp(self, message_digest, md_algorithm):
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        # Whatever a server sends back that is no time stamp fails somewhere in reading it.
        except Exception as error:
            raise TimeStampFailed(url=self.url, reason=str(error).rstrip(".") or type(error).__name__) from error


def signed(pdf: bytes, key: UnitKey, at: datetime) -> bytes:
    """Sign the paper with this key; about 15 ms with one in a file.

    :raises SigningError: the class says why.
    """
    section = key.section
    try:
        paper = asyncio.run(_signer(key, at).async_sign_pdf(_Update(pdf, key.fingerprint), bytes_reserved=key.reserved_bytes)).getvalue()
    except SigningError:
        raise
    except (PdfError, PyHankoError, ValueError, AssertionError) as error:
        raise SigningError(reason=str(error).rstrip(".") or type(error).__name__) from error
    except Exception as error:
        if not section.module:
            raise
        forget(key)
        raise TokenMissing(section=section.name, token=section.token) from error
    if section.tsa:
        _check_stamp(paper, section.tsa)
    return paper


def _signer(key: UnitKey, at: datetime) -> _AtMoment:
    section = key.section
    # Ed25519 brings a digest of its own (RFC 8419, 3).
    digest = "sha512" if key.signer.signing_cert.public_key.algorithm == "ed25519" else "sha256"
    # The issuer certifies the paper and allows no change after it: a reader says so when somebody draws over it.
    meta = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm=digest, subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=section.reason, location=section.location or None)
    stamper = _Stamper(section.tsa, timeout=section.tsa_seconds) if section.tsa else None
    return _AtMoment(meta, signer=key.signer, new_field_spec=_SPEC, timestamper=stamper, at=at)


def _check_stamp(paper: bytes, url: str) -> None:
    """Refuse a stamp of something else, or one that its server did not sign: pyHanko looks at neither when it signs.

    :raises TimeStampFailed:
    """
    if not signatures_of(paper)[0].has_time_stamp:
        raise TimeStampFailed(url=url, reason="not a stamp of this paper")
