"""The register (sổ gốc): issuers and their series, designs, certificates, the log of what happened to each, and the work of issuing.

Keeps true: numbers of a series run 1, 2, 3 … without holes; an issued record, its PDF and its hash never change, only its state
moves forward, and every move is an entry with reason, person and time; one person holds one valid certificate per award and cycle.
"""

from certificates.models.consent import Look, NameConsent
from certificates.models.designs import Design, DesignFile, DesignVersion
from certificates.models.importing import RegisterImport, RegisterImportRow
from certificates.models.issuers import Issuer, Series, Signatory
from certificates.models.issuing import IssueRun, Notice, Printout, RunRow
from certificates.models.keys import SigningKey
from certificates.models.register import Certificate, RegisterEntry

__all__ = [
    "Certificate", "Design", "DesignFile", "DesignVersion", "IssueRun", "Issuer", "Look", "NameConsent", "Notice", "Printout", "RegisterEntry",
    "RegisterImport", "RegisterImportRow", "RunRow", "Series", "Signatory", "SigningKey",
]
