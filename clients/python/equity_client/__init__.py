"""Client of the 100 Day Health Equity Challenge.

    from equity_client import Client

    with Client() as equity:  # the server of EQUITY_TARGET, the credential of EQUITY_TOKEN_FILE
        for session in equity.sessions.list_public_sessions():
            print(session.date, session.places_left)
"""

from equity_client.client import Client
from equity_client.connection import new_request_id
from equity_client.errors import EquityError, FieldViolation
from equity_client.pages import Pages
from equity_client.registration import Registration
from equity_client.rows import Rows, to_dict
from equity_client.statistics import Statistics
from equity_client.watch import Watch

__all__ = [
    "Client",
    "EquityError",
    "FieldViolation",
    "Pages",
    "Registration",
    "Rows",
    "Statistics",
    "Watch",
    "new_request_id",
    "to_dict",
]
