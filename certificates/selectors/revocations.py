"""Papers that are no longer what their QR code says, for checkers without network."""

from certificates import payload
from certificates.enums import Entry, State
from certificates.models import RegisterEntry

# What the list says of a paper; of one whose public page is off it says only that the register must be asked.
_KINDS = {State.REVOKED: "revoked", State.SUPERSEDED: "superseded"}
ASK = "ask"


def ended_papers() -> tuple[int, dict[str, set[str]]]:
    """Return the number of the latest entry that ended a paper, and the digests of all such papers by kind. One query.

    A paper that was brought in from an older register has no QR code of ours, so there is nothing to list.
    """
    found = (
        RegisterEntry.objects.filter(kind__in=[Entry.REVOKED, Entry.SUPERSEDED, Entry.HIDDEN])
        .values_list("pk", "certificate__code", "certificate__snapshot__payload", "certificate__state", "certificate__hidden_at"))
    sequence, digests = 0, {"revoked": set(), "superseded": set(), ASK: set()}
    for pk, code, digits, state, hidden_at in found.iterator(chunk_size=2000):
        sequence = max(sequence, pk)
        kind = ASK if hidden_at else _KINDS.get(state)
        if digits and kind:
            digests[kind].add(payload.revocation_digest(code, digits).hex())
    return sequence, digests
