"""TradingRobotPlug: alerts and robots become orders, performance is tracked, access is sold."""

__version__ = "0.1.0"
