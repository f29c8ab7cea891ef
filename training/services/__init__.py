"""Writes of the office: `exports` and the `workbook` they are made of. Certificates are revoked and reissued by their own app."""
