"""Payroll, working time and users. Persons are called after their numbers."""

from __future__ import annotations

from typing import Any

from integration_tests.handmade.case import Case, Query, reply

EMPLOYEES = reply(
    "<employees><employee><employeenumber>007</employeenumber><netvisorkey>44</netvisorkey>"
    '<personalid type="finnishidentifier"></personalid><firstname>Employee</firstname><lastname>44</lastname>'
    "<realname>Employee 44</realname><employmentstatus>1</employmentstatus><payrollservice>0</payrollservice>"
    "</employee></employees>"
)
EMPLOYEE = {
    "netvisor_key": 44, "employee_number": "007", "first_name": "Employee", "last_name": "44",
    "real_name": "Employee 44", "employment_status": True, "payroll_service": False,
}  # fmt: skip


def parameters_case(root: str) -> Case:
    """The documents call the root one thing, a client reads another."""
    return Case(
        f"salary parameters under {root}",
        {
            "getemployees.nv": EMPLOYEES,
            "getemployeesalaryparameters.nv": reply(
                f"<{root}><parameters><parameter><rationumber>010</rationumber><value>0,0</value></parameter>"
                f"<parameter><rationumber>011</rationumber><value/></parameter></parameters></{root}>"),
        },
        {"employee_salary_parameters": [
            {"employee_netvisor_key": 44, "ratio_number": "010", "value": 0},
            {"employee_netvisor_key": 44, "ratio_number": "011"},
        ]},
    )  # fmt: skip


def work_case(days: str, hour: str, key: str, number: str, item: str) -> Case:
    """The documents' names, or those of a recorded reply; the day is of 2026, other years are empty."""

    def work(query: Query) -> str:
        if query["workhourstartdate"][:4] != "2026":
            return reply(f"<{days}/>")
        return reply(
            f'<{days}><Workday><Date>2026-01-05</Date><{hour} {key}="5"><Hours>7,5</Hours>'
            f'<CollectorRatio {number}="010" {key}="3">Work</CollectorRatio><AcceptanceStatus>Maksettu'
            "</AcceptanceStatus><Description/><CrmProcessName/><Dimension><DimensionName>Cost centre</DimensionName>"
            f"<{item}>P001 Web</{item}></Dimension></{hour}></Workday></{days}>"
        )

    return Case(
        f"work hours in {days}/{hour}",
        {"getemployees.nv": EMPLOYEES, "getworkdays.nv": work},
        {"work_hours": [
            {"netvisor_key": 5, "employee_netvisor_key": 44, "date": "2026-01-05", "hours": 7.5,
             "collector_ratio": "Work", "collector_ratio_number": "010", "collector_ratio_netvisor_key": 3,
             "acceptance_status": "Maksettu",
             "dimensions": [{"dimension_name": "Cost centre", "dimension_item": "P001 Web"}]},
        ]},
    )  # fmt: skip


def record_type_case(names: tuple[str, str, str, str], swedish: str) -> Case:
    key, number, kind, language = names
    return Case(
        f"record types with {key}, {swedish}",
        {"getrecordtypelist.nv": reply(
            f'<RecordTypes><RecordType><Names><Name {language}="fi">Ty\u00f6</Name><Name {language}="en"/>'
            f'<Name {language}="{swedish}">Arbete</Name></Names><{key}>3</{key}><{number}>010</{number}>'
            f"<{kind}>1</{kind}><UnitType>1</UnitType></RecordType></RecordTypes>")},
        {"record_types": [
            {"netvisor_key": 3, "name_fi": "Ty\u00f6", "name_sv": "Arbete", "ratio_number": "010",
             "character_type": 1, "unit_type": 1},
        ]},
    )  # fmt: skip


def ratios(query: Query) -> str:
    """Only one of the sources has any."""
    if query["source"] != "taxingrules":
        return reply("<PayrollRatios/>")
    return reply(
        '<PayrollRatios><PayrollRatio><Names><Name ISO639-1Code="fi">Vero</Name><Name ISO639-1Code="se">Skatt</Name>'
        '</Names><Identifier type="Netvisor">3</Identifier><RatioNumber>010</RatioNumber>'
        "<DefaultDebitAccountNumber/></PayrollRatio></PayrollRatios>"
    )


PAYCHECK: dict[str, Any] = {
    "payment_date": "2026-01-15", "payroll_rule_group_period_netvisor_key": 2, "employee_netvisor_key": 44,
    "employee_name": "Employee 44", "status": 3, "voucher_netvisor_key": 7, "voucher_class": "PA", "voucher_number": 1,
    "voucher_date": "2026-01-15", "new_accrual_of_holidays": 7.5,
}  # fmt: skip
PAYCHECK_LINE: dict[str, Any] = {
    "line_number": 1, "payroll_ratio_netvisor_key": 10, "payroll_ratio_number": "100", "payroll_ratio_name": "Wage",
    "units": 1, "line_sum": 2500.5, "earning_periods": [{"start_date": "2026-01-01"}],
    "debet_account_number": "5000",
    "dimensions": [{"percent": 100, "dimension_name": "Cost centre", "dimension_name_netvisor_key": 1,
                    "dimension_item": "P001 Web", "dimension_item_netvisor_key": 11}],
}  # fmt: skip

CASES = [
    Case(
        "employees and their details, whose inner keys are others'",
        {
            "getemployees.nv": EMPLOYEES,
            "getemployee.nv": reply(
                "<employee><employeebaseinformation><netvisorkey>44</netvisorkey><employeenumber>007</employeenumber>"
                '<employeeidentifier type="foreignidentifier">x</employeeidentifier><nationality type="ISO-3166">FI'
                "</nationality></employeebaseinformation><employmentperiods><employmentperiod><netvisorkey>5"
                '</netvisorkey><startdate format="ansi">2020-01-01</startdate><employmentmode type="netvisor">1'
                "</employmentmode></employmentperiod></employmentperiods><employeepayrollinformation>"
                "<payrollrulegroup><netvisorkey>3</netvisorkey><name>Monthly</name></payrollrulegroup>"
                "<accountingaccount><netvisorkey>4</netvisorkey><name>Wages</name><number>5000</number>"
                "</accountingaccount></employeepayrollinformation></employee>"),
        },
        {
            "employees": [EMPLOYEE],
            "employee_details": [
                {"netvisor_key": 44, "employee_number": "007", "employee_identifier": "x",
                 "employee_identifier_type": "foreignidentifier", "nationality": "FI",
                 "employment_periods": [{"netvisor_key": 5, "start_date": "2020-01-01", "employment_mode": 1}],
                 "payroll_rule_group_netvisor_key": 3, "payroll_rule_group_name": "Monthly",
                 "accounting_account_netvisor_key": 4, "accounting_account_name": "Wages",
                 "accounting_account_number": "5000"},
            ],
        },
    ),
    parameters_case("employeesalaryparameters"),
    parameters_case("employeeparameters"),
    work_case("WorkDays", "WorkdayHour", "netvisorkey", "number", "DimensionItem"),
    work_case("Workdays", "WorkDayHour", "Netvisorkey", "Number", "Dimensionitem"),
    record_type_case(("NetvisorKey", "RatioNumber", "CharacterType", "ISO639-1Code"), "sv"),
    record_type_case(("Netvisorkey", "Rationumber", "Charactertype", "ISO639-1Code"), "se"),
    record_type_case(("netvisorkey", "rationumber", "charactertype", "ISO-319-1Code"), "se"),
    Case(
        "ratios of one source, parties",
        {
            "payrollratiolist.nv": ratios,
            "getpayrollparties.nv": reply(
                "<PayrollParties><Party><NetvisorKey>9</NetvisorKey><Name>Party 9</Name>"
                "<UseOnlyInReporting>0</UseOnlyInReporting></Party></PayrollParties>"),
        },
        {
            "payroll_ratios": [
                {"source": "taxingrules", "identifier": 3, "identifier_type": "Netvisor", "name_fi": "Vero",
                 "name_sv": "Skatt", "ratio_number": "010"},
            ],
            "payroll_parties": [{"netvisor_key": 9, "name": "Party 9", "use_only_in_reporting": False}],
        },
    ),
    Case(
        "paychecks: the same one whatever the window, a key that only the request knows",
        {
            "getpayrollpaycheckbatchlist.nv": reply(
                "<PayrollPaycheckBatches><PayrollPaycheckBatch><Netvisorkey>99</Netvisorkey>"
                '<PaymentDate format="ansi">2026-01-15</PaymentDate><PayrollRuleGroup><Netvisorkey>3</Netvisorkey>'
                "<Name>Monthly</Name></PayrollRuleGroup><Employee><Name>Employee 44</Name><EmployeeNumber>007"
                "</EmployeeNumber><Netvisorkey>44</Netvisorkey></Employee><Status>3</Status></PayrollPaycheckBatch>"
                "</PayrollPaycheckBatches>"),
            "getpayrollpaycheckbatch.nv": reply(
                '<payrollpaycheckbatch><paymentdate format="ansi">2026-01-15</paymentdate><payrollrulegroupperiod>'
                "<netvisorkey>2</netvisorkey></payrollrulegroupperiod><employee><netvisorkey>44</netvisorkey>"
                "<name>Employee 44</name></employee><status>3</status><voucher><netvisorkey>7</netvisorkey>"
                "<class>PA</class><number>1</number><date>2026-01-15</date></voucher><holidayrecords>"
                "<newaccrualofholidays>7,5</newaccrualofholidays></holidayrecords><payrollpaycheckbatchlines>"
                "<payrollpaycheckbatchline><payrollratio><netvisorkey>10</netvisorkey><number>100</number>"
                "<name>Wage</name></payrollratio><units>1</units><linesum>2 500,5</linesum><earningperiods>"
                "<earningperiod><startdate>2026-01-01</startdate></earningperiod></earningperiods><accountingdata>"
                "<debetaccountnumber>5000</debetaccountnumber></accountingdata><dimensions>"
                '<dimension percent="100"><dimensionname netvisorkey="1">Cost centre</dimensionname>'
                '<dimensionitem netvisorkey="11">P001 Web</dimensionitem></dimension></dimensions>'
                "</payrollpaycheckbatchline></payrollpaycheckbatchlines></payrollpaycheckbatch>"),
        },
        {
            "payroll_paychecks": [
                {"netvisor_key": 99, "payment_date": "2026-01-15", "payroll_rule_group_netvisor_key": 3,
                 "payroll_rule_group_name": "Monthly", "employee_name": "Employee 44", "employee_number": "007",
                 "employee_netvisor_key": 44, "status": 3},
            ],
            "payroll_paycheck_details": [
                {**PAYCHECK, "netvisor_key": 99, "payroll_paycheck_batch_lines": [PAYCHECK_LINE]}
            ],
            "payroll_paycheck_lines": [
                {**PAYCHECK_LINE, "paycheck_netvisor_key": 99, "payment_date": "2026-01-15", "paycheck_status": 3,
                 "employee_netvisor_key": 44, "employee_name": "Employee 44"},
            ],
        },
    ),
    Case(
        "users and invitations",
        {
            "getuseraccessrightssummary.nv": reply(
                '<Company Netvisorkey="1" Name="Example Company Oy"><Users><User Netvisorkey="5"><FirstName>User'
                "</FirstName><LastName>5</LastName><Roles><IsCompanyAdmin>true</IsCompanyAdmin><IsAuditor>false"
                "</IsAuditor></Roles><Profiles><AccountingProfile>AllRights</AccountingProfile></Profiles>"
                "<ValidFrom>2026-01-01</ValidFrom></User></Users></Company>"),
            "getuserinvitations.nv": reply(
                '<UserInvitations CurrentPage="1" PageCount="1" ItemsOnPage="100"><UserInvitation NetvisorKey="3"/>'
                "</UserInvitations>"),
        },
        {
            "user_access_rights": [
                {"company_netvisor_key": 1, "company_name": "Example Company Oy", "netvisor_key": 5,
                 "first_name": "User", "last_name": "5", "is_company_admin": True, "is_auditor": False,
                 "accounting_profile": "AllRights", "valid_from": "2026-01-01"},
            ],
            "user_invitations": [{"netvisor_key": 3}],
        },
    ),
]  # fmt: skip
