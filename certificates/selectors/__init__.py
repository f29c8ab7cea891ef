"""Reads over the register: what a holder has, what a code stands for, what is still to be issued or to expire."""

from certificates.selectors.holding import Holding, Paper, certificates_by_course, holding_of, paper_of, standing_consent
from certificates.selectors.revocations import ended_papers
from certificates.selectors.standing import (
    certificates_to_expire,
    completion_of,
    completions_without_certificate,
    default_issuer,
    standing_certificate,
)
from certificates.selectors.states import state_on
from certificates.selectors.verification import UNKNOWN, Verification, certificate_by_digest, verification_of
from certificates.selectors.withdrawn import has_come_to, latest_entry, withdrawn_among

__all__ = [
    "UNKNOWN", "Holding", "Paper", "Verification", "certificate_by_digest", "certificates_by_course", "certificates_to_expire", "completion_of",
    "completions_without_certificate", "default_issuer", "ended_papers", "has_come_to", "holding_of", "latest_entry", "paper_of", "standing_certificate", "standing_consent", "state_on",
    "verification_of", "withdrawn_among",
]
