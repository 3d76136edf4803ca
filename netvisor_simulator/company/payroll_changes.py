"""Changes of paychecks and working time, of which no list of Netvisor's tells."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from .editing import Editor, found
from .payroll import Paycheck


class PayrollChanges(Editor):
    """What can happen to paychecks and entries of working time; the voucher of a paid paycheck stays as it is."""

    def edit_paycheck(
        self, now: datetime, key: int, lines: int | None = None, payment_date: date | None = None
    ) -> Paycheck:
        """Calculate a paycheck anew.

        Args:
            now: the moment.
            key: the paycheck.
            lines: how many it has then, the first of those it has or more of the last one; None: as many as before,
                each a euro more.
            payment_date: its new payment date; None: the same.
        """
        store = self._books.paycheck_store
        paycheck = found(store.get(key), key)
        if lines is None:
            changed = tuple(line._replace(sum=line.sum + Decimal(1)) for line in paycheck.lines)
        else:
            changed = (*paycheck.lines, *[paycheck.lines[-1]] * lines)[:lines]
        paycheck = paycheck._replace(lines=changed, payment_date=payment_date or paycheck.payment_date, modified=now)
        store.put(paycheck)
        return paycheck

    def delete_paycheck(self, now: datetime, key: int) -> None:
        """Delete a paycheck."""
        self._books.paycheck_store.delete(key, now)

    def delete_work_hour(self, key: int) -> None:
        """Delete an entry of working time."""
        self._books.deleted_hours.add(key)
