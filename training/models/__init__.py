"""What the office keeps: targets and how far they are met, reminders, codes to join by, and lists that are written in the background."""

from training.models.counting import Count, UnitCount
from training.models.exports import Export
from training.models.joining import JoinCode, Joining
from training.models.targets import Reminder, Scheme, Target

__all__ = ["Count", "Export", "JoinCode", "Joining", "Reminder", "Scheme", "Target", "UnitCount"]
