"""The batch: plan notebooks x parameters, refuse bad ones, run them, and record what happened."""

from binnenstad.batch.job import Job, Outcome
from binnenstad.batch.plan import known_reports, plan
from binnenstad.batch.printing import print_reports
from binnenstad.batch.record import record
from binnenstad.batch.run import run

__all__ = ["Job", "Outcome", "known_reports", "plan", "print_reports", "record", "run"]
