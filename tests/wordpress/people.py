"""People at the site: its administrator, the demo user, and members made for one test."""

import json
import time
import uuid
from dataclasses import dataclass

import pyotp

from .visitor import Visitor

PASSWORD = "a long walk by the sea 42"


@dataclass(frozen=True)
class Person:
    """Someone who is signed in: cookies, and the nonce that goes with them."""

    email: str
    visitor: Visitor
    nonce: str


def sign_in(site_url: str, login: str, password: str) -> Person:
    visitor = Visitor(site_url)
    return Person(login, visitor, visitor.sign_in(login, password))


def enrol(person: Person) -> list[str]:
    """Set up the person's second factor over the site's REST routes; answers the backup codes."""
    call, nonce = person.visitor.call, person.nonce
    begun = call("POST", "me/auth/2fa/enable", {}, nonce)
    assert begun.status == 200, begun.text
    code = {"totp_code": pyotp.TOTP(begun.json["secret"]).now()}
    confirmed = call("POST", "me/auth/2fa/confirm", code, nonce)
    assert confirmed.status == 200, confirmed.text
    codes: list[str] = confirmed.json["backup_codes"]
    return codes


def give_code(person: Person, secret: str) -> Person:
    """The second factor of someone who has set it up; in the next step if this one was used."""
    for wait in (0, 30):
        time.sleep(wait)
        code = {"totp_code": pyotp.TOTP(secret).now()}
        answer = person.visitor.call("POST", "me/auth/step-up", code, person.nonce)
        if answer.status == 200:
            break
    assert answer.status == 200, answer.text
    return person


def add_member(site_url: str, administrator: Person) -> Person:
    """A new subscriber, made by the administrator over the REST API of WordPress, signed in."""
    name = uuid.uuid4().hex[:12]
    email = f"{name}@example.com"
    fields = {"username": name, "email": email, "password": PASSWORD, "roles": ["subscriber"]}
    headers = {"Content-Type": "application/json", "X-WP-Nonce": administrator.nonce}
    url = f"{site_url}/wp-json/wp/v2/users"
    answer = administrator.visitor.request("POST", url, json.dumps(fields).encode(), headers)
    assert answer.status == 201, answer.text
    return sign_in(site_url, email, PASSWORD)
