"""Heard by the floors above; after commit, unless it says otherwise."""

from django.dispatch import Signal

# Sent with `user`, `by`, `now` and `reason` when a person's data was erased: what lies above forgets its part. Receivers must be safe to
# call twice: as long as one fails or nobody knows that all have heard it, the clock sends it again.
person_erased = Signal()

# Sent with `user` and `now` when somebody takes their data with them: each receiver returns its `accounts.records.Section`s. An error stops the
# export: one that silently lacks a part would be worse than none.
person_exported = Signal()

# Sent with `user`: each receiver returns the `accounts.records.Fate`s of what it keeps, so that whoever erases sees before what goes and what stays.
erasure_previewed = Signal()

# Sent with `user`, `by` and `now` when somebody's data are to be used less, within the transaction that says so: what lies above stops showing them
# to others. Receivers must be safe to call twice and do nothing but write to the database.
person_restricted = Signal()
