"""What `--scale` looks at: lists and searches of orders, and every report over a month and over a year."""

from __future__ import annotations

PAGES = {
    "orders: newest, with the tabs' counts": "/admin/orders",
    "orders: to pack today": "/admin/orders?tab=pack",
    "orders: to send": "/admin/orders?tab=send",
    "orders: by day": "/admin/orders?tab=days",
    "orders: unpaid or problem": "/admin/orders?tab=problem",
    "orders: done": "/admin/orders?tab=done",
    "orders: by total": "/admin/orders?sort=total",
    "orders: paid, with a note": "/admin/orders?money=paid&note=1",
    "orders: to one country": "/admin/orders?country=DE",
    "search: a number": "/admin/orders?q={number}",
    "search: an e-mail": "/admin/orders?q={email}",
    "search: a phone": "/admin/orders?q={phone}",
    "search: a whole name": "/admin/orders?q={name}",
    "search: a word of a name": "/admin/orders?q=Keller",
    "search: a product": "/admin/orders?q=umbrella",
    "search: a SKU": "/admin/orders?q={sku}",
    "search: nothing": "/admin/orders?q=nobody@example.org",
}
_REPORTS = ("", "/best-sellers", "/tax", "/discounts", "/given-back", "/delivery", "/carts", "/agreement")
_YEAR = "period=12-months"
_BEHIND = {
    "sold": "figure=sales",
    "given back": "figure=sales&side=back",
    "net": "figure=sales&side=net",
    "a tax rate": "figure=tax&name=VAT&place=DE&rate=190000",
    "a tax rate, given back": "figure=tax&name=VAT&place=DE&rate=190000&side=back",
    "a way of delivery": "figure=delivery&name={way}",
    "a code": "figure=discount&name=WELCOME10",
    "goods": "figure=goods&name={sku}",
    "payments taken": "figure=held&name=taken",
}
REPORTS = {
    **{
        f"report: {path[1:] or 'sales'}, {period}": f"/admin/reports{path}?period={period}"
        for period in ("30-days", "12-months")
        for path in _REPORTS
    },
    "report: stock": "/admin/reports/stock",
    "report: sales by week, as a file": f"/admin/reports/sales.csv?{_YEAR}&by=week",
    "report: carts left behind, by day": "/admin/reports/carts/left",
    **{f"orders behind: {name}, a year": f"/admin/reports/orders?{_YEAR}&{of}" for name, of in _BEHIND.items()},
}
FILES = {
    "file: best sellers, a year": f"/admin/reports/best-sellers.csv?{_YEAR}",
    "file: stock": "/admin/reports/stock.csv",
}
