"""What can go wrong with a backup, in words for the person at the console; none of them holds a value of a row."""


class BackupError(Exception):
    """It was not done; the message says why and what to do."""

    code = "backup_failed"


class CannotBackUp(BackupError):
    code = "cannot_back_up"


class CannotReach(BackupError):
    code = "cannot_reach"


class DiskFull(BackupError):
    code = "disk_full"


class FilesMissing(BackupError):
    code = "files_missing"


class KeyMissing(BackupError):
    code = "key_missing"


class BrokenBackup(BackupError):
    code = "broken_backup"


class CannotRestore(BackupError):
    code = "cannot_restore"


class NotEmpty(BackupError):
    code = "not_empty"


class Misfit(BackupError):
    """A row that one database took and the other refuses."""

    code = "misfit"


class CannotMove(BackupError):
    code = "cannot_move"


class WrittenMeanwhile(BackupError):
    code = "written_meanwhile"
