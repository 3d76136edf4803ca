"""What the documents leave open, each with the calls that show it."""

from tools.live_report.questions import keys, lists, notations, ranges, refusals
from tools.live_report.questions.finding import Company, Finding

QUESTIONS = (*ranges.QUESTIONS, *lists.QUESTIONS, *keys.QUESTIONS, *notations.QUESTIONS, *refusals.QUESTIONS)

__all__ = ["QUESTIONS", "Company", "Finding"]
