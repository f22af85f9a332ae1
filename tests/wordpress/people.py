"""People at the site: its administrator, the demo user, and members made for one test."""

import json
import uuid
from dataclasses import dataclass

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
