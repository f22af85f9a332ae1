"""A real SMTP server on loopback, and an outbox that is connected to it."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from flask import Flask
from flask.testing import FlaskClient

from tests.apis import api
from tests.factories import headers_for, make_bot
from tests.notify.services import Service, running
from tradingrobotplug.config import Settings
from tradingrobotplug.models import Bot, User
from tradingrobotplug.notify import post


@dataclass
class Server:
    """What came in, who signed in, and what to answer to the next ones instead of yes."""

    port: int
    envelopes: list[Any] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        self.envelopes.append(envelope)
        return "250 OK"

    def authenticate(self, *given: Any) -> AuthResult:
        credentials = given[4]
        assert isinstance(credentials, LoginPassword)
        self.logins.append((credentials.login, credentials.password))
        return AuthResult(success=True)


def greet(host: str, port: int) -> None:
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, port)) as line, unchecked.wrap_socket(line) as tls:
        tls.recv(100)


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Starts a server; with a TLS context it speaks nothing but TLS."""
    running: list[Controller] = []

    def one(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Server:
        with socket.socket() as probe:
            probe.bind((host, 0))
            server = Server(probe.getsockname()[1])
        running.append(
            Controller(
                server,
                host,
                server.port,
                ssl_context=tls,
                authenticator=server.authenticate,
                auth_require_tls=False,
            )
        )
        if tls is not None:  # the controller's own first call would not trust the certificate
            running[-1]._trigger_server = lambda: greet(host, server.port)
        running[-1].start()
        return server

    yield one
    for controller in running:
        controller.stop()


@pytest.fixture
def connected(settings: Settings, clean: None) -> Callable[[str], None]:
    """Connects the outbox to this server."""

    def to(url: str) -> None:
        post.connect(replace(settings, smtp_url=url, mail_from="robots@example.com"))

    return to


@pytest.fixture
def server(start: Callable[..., Server], connected: Callable[[str], None]) -> Server:
    found = start()
    connected(f"smtp://127.0.0.1:{found.port}")
    return found


@pytest.fixture(scope="session")
def _service() -> Iterator[Service]:
    with running() as found:
        yield found


@pytest.fixture
def service(_service: Service) -> Service:
    """Stands for every chat service and for a user's own server."""
    _service.forget()
    return _service


@pytest.fixture(scope="session")
def over_service(settings: Settings, _service: Service, tmp_path_factory: Any) -> Settings:
    places = dict.fromkeys(("telegram_url", "discord_url", "slack_url"), _service.url)
    key_file = str(tmp_path_factory.mktemp("vault") / "vault.key")
    return replace(settings, **places, vault_key_file=key_file, notify_loopback="allowed")


@pytest.fixture
def app(over_service: Settings, clean: None, service: Service) -> Flask:
    """The API with a vault of its own, whose chat services are that server."""
    return api(over_service)


@pytest.fixture
def headers(app: Flask, user: User) -> dict[str, str]:
    return headers_for(app, user)


@pytest.fixture
def bot(user: User) -> Bot:
    return make_bot(user, name="Night owl")


@pytest.fixture
def add(client: FlaskClient, headers: dict[str, str], service: Service) -> Callable[..., Any]:
    """Sets a channel of a kind up; the whole answer."""

    def one(kind: str = "webhook", **fields: Any) -> Any:
        given = {"kind": kind, "name": kind.capitalize()} | reached(service, kind) | fields
        answer = client.post("/api/notification-channels", json=given, headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json

    return one


TOKEN = "123456789:AAF-token-of-a-bot_0123456789abcdef"


def reached(service: Service, kind: str) -> dict[str, str]:
    """What leads to a channel of this kind at the server."""
    return {
        "telegram": {"bot_token": TOKEN, "chat_id": "-100200300"},
        "discord": {"url": f"{service.url}/api/webhooks/1/discord-secret"},
        "slack": {"url": f"{service.url}/services/T0/B0/slack-secret"},
        "webhook": {"url": f"{service.url}/in/webhook-secret"},
    }[kind]
