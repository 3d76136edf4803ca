"""The published Python client, reading the ledger and writing what it made of it as lines of JSON."""

from __future__ import annotations

import json
import sys
from datetime import date

from netvisor_api_client import Netvisor

if __name__ == "__main__":
    address, start = sys.argv[1:]
    netvisor = Netvisor(
        host=address, sender="benchmark", partner_id="Sim_249", partner_key="0" * 32, customer_id="SIM_12345_678",
        customer_key="0" * 32, organization_id="1967543-8", language="EN",
    )  # fmt: skip
    ledger = netvisor.accounting.ledger(
        start_date=date.fromisoformat(start), end_date=date(2099, 12, 31), voucherstatus=1
    )
    for voucher in ledger:
        sys.stdout.write(json.dumps(voucher, default=str, ensure_ascii=False) + "\n")
