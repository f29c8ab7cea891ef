"""Is this file one of ours, and unchanged? What does a code stand for? Reads only.

Keeps true: whatever is handed in, the answer comes within seconds and bounded memory, and never as an error page.
"""

from certificates.checking.codes import check_code
from certificates.checking.files import check_file
from certificates.checking.findings import ALTERED, MOST_BYTES, UNKNOWN, UNLISTED, UNREADABLE, Finding

__all__ = ["ALTERED", "MOST_BYTES", "UNKNOWN", "UNLISTED", "UNREADABLE", "Finding", "check_code", "check_file"]
