"""Employees, salary types and paychecks. All persons are plainly synthetic."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .plan import CYCLE, Plan, cents, mix

CENT = Decimal("0.01")
FIRST_EMPLOYEE = 101
FIRST_PAYCHECK = 110_001
PAYROLL_SLOT = 9


class Ratio(NamedTuple):
    """A salary type; the accounts are those of its postings."""

    key: int
    number: int | None
    fi: str
    en: str
    se: str
    source: str
    source_key: int
    debit: int | None
    credit: int | None


RATIOS: tuple[Ratio, ...] = (
    Ratio(1201, 100, "Kuukausipalkka", "Monthly salary", "Månadslön", "companyparameters", 1, 5000, 2960),
    Ratio(1202, 110, "Tuntipalkka", "Hourly wage", "Timlön", "collectorratiolines", 2, 5000, 2960),
    Ratio(1203, 900, "Ennakonpidätys", "Withholding tax", "Förskottsinnehållning", "taxingrules", 3, 2960, 2921),
    Ratio(
        1204, 910, "Työntekijän TyEL", "Employee's pension", "Arbetstagarens ArPL", "companyparameters", 1, 2960, 2923
    ),
    Ratio(
        1205, 920, "Työnantajan TyEL", "Employer's pension", "Arbetsgivarens ArPL", "companyparameters", 1, 6130, 2923
    ),
    Ratio(1206, None, "Puhelinetu", "Telephone benefit", "Telefonförmån", "userparameters", 4, None, None),
    Ratio(1207, 400, "Kilometrikorvaus", "Kilometre allowance", "", "tripexpensecustomlines", 5, 7770, 2960),
    Ratio(1208, 500, "Laskettu lisä", "Formula supplement", "", "userformula", 6, 5000, 2960),
    Ratio(1209, 510, "Taulukkolisä", "Table supplement", "", "tabledata", 7, 5000, 2960),
    Ratio(1210, 930, "Ulosotto", "Foreclosure", "Utmätning", "foreclosure", 8, 2960, None),
    Ratio(1211, None, "Matalapalkkatuki", "Low salary support", "", "lowsalarysupport", 9, None, None),
)


class RuleGroup(NamedTuple):
    """A wage model."""

    key: int
    name: str


RULE_GROUPS: tuple[RuleGroup, ...] = (RuleGroup(1301, "Kuukausipalkkaiset"), RuleGroup(1302, "Tuntipalkkaiset"))
PARTIES: tuple[tuple[int, str, str, bool], ...] = (
    (1401, "Eläkevakuutusyhtiö", "workpensioninsurance", False),
    (1402, "Ammattiliitto", "unionmembershipfee", False),
    (1403, "Tapaturmavakuutus", "accidentinsurance", True),
)
"""Settlement points: key, name, internal type, only in reporting."""


class Employee(NamedTuple):
    """An employee; `ended` is the last day of an employment that is over."""

    key: int
    number: str
    first_name: str
    last_name: str
    hourly: bool
    started: date
    ended: date | None
    salary: Decimal
    created: datetime
    modified: datetime | None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class PaycheckLine(NamedTuple):
    """A line of a paycheck; `sum` in euros."""

    ratio: Ratio
    units: Decimal
    unit_amount: Decimal
    sum: Decimal
    description: str


class Paycheck(NamedTuple):
    """A paycheck of a month; status 1 open, 2 accepted, 3 paid; only a paid one has a voucher."""

    key: int
    employee_key: int
    begin: date
    end: date
    payment_date: date
    status: int
    lines: tuple[PaycheckLine, ...]
    voucher_key: int | None
    voucher_number: int
    created: datetime
    modified: datetime | None

    @property
    def period_key(self) -> int:
        """The key of the pay period: one a month."""
        return 1500 + (self.begin.year - 2000) * 12 + self.begin.month


def month_end(day: date) -> date:
    """The last day of the month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


class Payroll:
    """Employees and paychecks as they were at the start, by index; a cycle has one paycheck.

    Args:
        plan: the company's plan.
        employees: how many; None: as many as give each about one paycheck a month.
        voucher_key: the key of voucher 0.
    """

    def __init__(self, plan: Plan, employees: int | None, voucher_key: int) -> None:
        self._plan = plan
        months = max(1, (plan.today - plan.start).days // 30)
        self.employees = employees or max(4, -(-plan.cycles // months) + 1)
        self._voucher_key = voucher_key

    def employee(self, index: int) -> Employee:
        """The employee of an index; every eighth employment has ended."""
        plan = self._plan
        bits = mix(plan.seed, 31, index)
        started = plan.start - timedelta(days=bits % 3000)
        created = plan.midnight - timedelta(days=max(2, (plan.today - plan.start).days), hours=-9)
        return Employee(
            FIRST_EMPLOYEE + index,
            str(index + 1) if index % 10 != 9 else "",
            "Employee",
            f"{index + 1}",
            index % 3 == 1,
            started,
            plan.today - timedelta(days=40 + bits // 16 % 200) if index % 8 == 7 else None,
            cents(220_000 + bits // 64 % 300_000 // 1000 * 1000),
            created,
            plan.modified(bits >> 20, created),
        )

    def paycheck(self, index: int) -> Paycheck | None:
        """The paycheck of a cycle: of its month, paid on the month's last day."""
        plan = self._plan
        voucher = index * CYCLE + PAYROLL_SLOT
        if voucher >= plan.vouchers:
            return None
        bits = mix(plan.seed, 32, index)
        day = plan.day(index)
        pay_day = month_end(day)
        employee = self.employee(index % self.employees)
        status = 3 if pay_day < plan.today else 2 if bits % 2 else 1
        created = plan.created(index, bits >> 8, pay_day)
        return Paycheck(
            FIRST_PAYCHECK + index,
            employee.key,
            day.replace(day=1),
            pay_day,
            pay_day,
            status,
            paycheck_lines(employee, bits),
            self._voucher_key + voucher if status == 3 else None,
            index + 1,
            created,
            plan.modified(bits >> 20, created),
        )


def paycheck_lines(employee: Employee, bits: int) -> tuple[PaycheckLine, ...]:
    """Salary, withholding, both pension shares, and for some a benefit without postings."""
    if employee.hourly:
        hours = Decimal(130 + bits // 8 % 30)
        rate = (employee.salary / 150).quantize(CENT, ROUND_HALF_UP)
        salary = (hours * rate).quantize(CENT)
        first = PaycheckLine(RATIOS[1], hours, rate, salary, "Tunnit & lisät")
    else:
        salary = employee.salary
        first = PaycheckLine(RATIOS[0], Decimal(1), salary, salary, "")

    def share(ratio: Ratio, percent: str) -> PaycheckLine:
        amount = (salary * Decimal(percent) / 100).quantize(CENT, ROUND_HALF_UP)
        return PaycheckLine(ratio, salary, Decimal(percent), amount, "")

    lines = (first, share(RATIOS[2], "24"), share(RATIOS[3], "7.15"), share(RATIOS[4], "17.38"))
    benefit = PaycheckLine(RATIOS[5], Decimal(1), Decimal(20), Decimal("20.00"), "Puhelin")
    return (*lines, benefit) if bits % 4 == 0 else lines
