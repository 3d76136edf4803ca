"""The only resources that may ever be asked, whatever the manifest says.

Some of Netvisor's resources delete data when they are asked with GET (deletesalesinvoice.nv, deleteworkdayhour.nv,
...), so this list is code, and the client refuses every other name before a request is made.
"""

from __future__ import annotations

ALLOWED_RESOURCES = frozenset(
    {
        # accounting
        "accountbalance.nv", "accountingbudgetaccountlist.nv", "accountingbudgetyearbudget.nv", "accountingledger.nv",
        "accountingperiodlist.nv", "accountlist.nv", "deletedvouchers.nv", "dimensionlist.nv",
        "getaccountdimensionlist.nv", "getbankaccounts.nv", "vouchertypelist.nv",
        # sales
        "contractinvoicingreport.nv", "deletedsalesinvoices.nv", "deletedsalesorders.nv", "deletedsalespayments.nv",
        "getorder.nv", "getsalesinvoice.nv", "paymenttermlist.nv", "salesinvoicelist.nv", "salespaymentlist.nv",
        "salespersonnellist.nv",
        # customers, products, inventory
        "customerlist.nv", "extendedproductlist.nv", "getcustomer.nv", "getinventoryplaces.nv", "getproduct.nv",
        "getproductgroups.nv", "inventorybywarehouse.nv", "productlist.nv",
        # purchases
        "deletedpurchaseinvoices.nv", "deletedpurchaseorders.nv", "deletedpurchasepayments.nv",
        "getcirculationlists.nv", "getproductqualitylist.nv", "getpurchaseinvoice.nv", "getpurchaseorder.nv",
        "getvendor.nv", "paymentlist.nv", "purchaseinvoicelist.nv", "purchaseorderlist.nv",
        # payroll and working time
        "getemployee.nv", "getemployees.nv", "getemployeesalaryparameters.nv", "getpayrollparties.nv",
        "getpayrollpaycheckbatch.nv", "getpayrollpaycheckbatchlist.nv", "getrecordtypelist.nv", "getworkdays.nv",
        "payrollratiolist.nv",
        # taxes and ledgers
        "financialobligationstatus.nv",
        # users
        "getuseraccessrightssummary.nv", "getuserinvitations.nv",
    }
)  # fmt: skip
