"""A browser window at the dashboard, and what a person does there again and again."""

from dataclasses import dataclass, field

import pyotp
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from .conftest import Site
from .people import Person

SECONDS = 1000
expect.set_options(timeout=20 * SECONDS)


@dataclass
class Visitor:
    """A browser window of one person, with what its console complained about."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        """Keep errors of the site itself; a picture of another host may be out of reach."""
        address = message.location.get("url", "")
        if message.type == "error" and address.startswith(self.site):
            self.complaints.append(f"{message.text} {address}")


def visit(browser: Browser, site: Site, person: Person | None = None) -> Visitor:
    """A window with the dashboard, signed in as the person, if one is given."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30 * SECONDS)
    if person is not None:
        context.add_cookies(person.visitor.cookies())  # type: ignore[arg-type]
    visitor = Visitor(context.new_page(), site.wordpress_url)
    visitor.page.on("console", visitor.note)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    visitor.page.goto(f"{site.wordpress_url}/dashboard/")
    return visitor


def enrol_on_screen(visitor: Visitor) -> list[str]:
    """Set up the second factor as a person does; answers the backup codes."""
    page = visitor.page
    page.get_by_role("button", name="Set it up").click()
    page.get_by_text("I can’t scan it").click()
    secret = page.get_by_label("Key for typing by hand", exact=True).inner_text()
    code_field(page).fill(pyotp.TOTP(secret.replace(" ", "")).now())
    page.get_by_role("button", name="Confirm").click()
    codes = page.get_by_role("list", name="Backup codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    found = [text.strip() for text in codes.all_inner_texts()]
    page.get_by_role("button", name="I have kept them").click()
    visitor.complaints.clear()  # the browser notes the refusal that asked for it
    return found


def code_field(page: Page) -> Locator:
    return page.get_by_label("Code from your app")


def overflow(page: Page, width: int) -> int:
    """Pixels by which the page is wider than a screen of this width, once its charts have shrunk
    too: a second at most."""
    page.set_viewport_size({"width": width, "height": 900})
    for _ in range(20):
        found = page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)")
        if found == 0:
            break
        page.wait_for_timeout(50)
    return int(found)
