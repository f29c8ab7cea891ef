"""Reads of the office, by noun: `office` who may see and do what, `learners` the list, `courses` its sums, `learner` one person's record."""
