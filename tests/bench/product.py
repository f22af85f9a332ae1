"""The product's intake for gunicorn, with settings from the environment."""

from tradingrobotplug import config, logs
from tradingrobotplug.app import create_app

logs.configure("WARNING")
app = create_app(config.load())
