"""What each process of a drill would import and compute by need, before it is forked: the brokers'
SDKs and the trading calendar. An import takes longer than most drills."""

import alpaca.data.historical.stock
import alpaca.trading.client  # noqa: F401
import coinbase.rest  # noqa: F401
from sqlalchemy.orm import configure_mappers

from tradingrobotplug.marketdata import calendar

calendar.sessions()
configure_mappers()
