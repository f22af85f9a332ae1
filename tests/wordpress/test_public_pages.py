"""The public pages as a visitor sees them, at both widths and in both themes."""

import json
from hashlib import md5

import pytest
from playwright.sync_api import Browser, Page, expect

from .browsing import overflow
from .conftest import REPOSITORY, Site
from .people import Person
from .visitor import Visitor

pytestmark = pytest.mark.site
TEMPLATE = "wordpress-plugin/trading-robot-service/languages/trading-robot-service.pot"

PAGES = {
    "/": "Automated Trading Robots That Actually Work",
    "/pricing/": "Compare the plans",
    "/performance/": "Performance, in the open",
    "/marketplace/": "Robot marketplace",
    "/how-it-works/": "How results are measured",
}


def watch(page: Page) -> list[str]:
    """What goes wrong in a page: script errors, error messages, failed and refused requests."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    return wrong


@pytest.mark.parametrize(("theme", "widths"), [("light", (1280, 320)), ("dark", (1280, 390))])
@pytest.mark.parametrize(("path", "words"), PAGES.items())
def test_a_page_renders_whole_and_without_errors(
    site: Site, browser: Browser, path: str, words: str, theme: str, widths: tuple[int, int]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(f"localStorage.setItem('trp-theme', '{theme}')")
    page = context.new_page()
    wrong = watch(page)
    page.goto(site.wordpress_url + path, wait_until="networkidle")
    expect(page.get_by_role("heading", name=words)).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.trpTheme ?? 'dark'") == theme
    assert page.locator("meta[name=viewport]").count() == 1
    assert [overflow(page, width) for width in widths] == [0, 0]
    assert wrong == []
    context.close()


def test_pricing_shows_every_plan_with_its_price(site: Site) -> None:
    page = Visitor(site.wordpress_url).page("/pricing/").text
    assert page.count('class="trp-plan ') == 4
    assert page.count("Most popular") == 1
    assert all(price in page for price in ("$0", "$9.99", "$29.99", "$99.99"))


def test_the_marketplace_lists_the_demo_robot_without_scripts(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.wordpress_url + "/marketplace/?sort=win_rate&view=list")
    expect(page.locator("[data-trp-robots] > li")).to_have_count(1)
    expect(page.locator("[data-trp-robots]")).to_have_attribute("data-view", "list")
    page.get_by_label("On sale").select_option("free")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("No robot matches")).to_be_visible()
    context.close()


def test_p2_unknown_filters_are_ignored_and_not_echoed(site: Site) -> None:
    answer = Visitor(site.wordpress_url).page("/marketplace/?sort=%22%3E%3Cscript%3E&price=x")
    assert answer.status == 200
    assert '"><script>' not in answer.text


def test_results_carry_their_kind_and_the_statement(site: Site) -> None:
    page = Visitor(site.wordpress_url).page("/marketplace/").text
    assert "Hypothetical or simulated performance results" in page


def test_p4_public_pages_hold_no_nonce_and_nothing_of_a_user(demo: Person) -> None:
    for path in PAGES:
        page = demo.visitor.page(path).text
        assert "data-config" not in page
        assert demo.email not in page


def test_p4_the_dashboard_page_is_kept_out_of_caches(site: Site) -> None:
    cache_control = Visitor(site.wordpress_url).page("/dashboard/").headers["cache-control"]
    assert "no-store" in cache_control or "no-cache" in cache_control


def test_a_translator_reaches_what_scripts_say(site: Site, browser: Browser) -> None:
    script = "build/public.js"  # as the template names it, and WordPress looks for it
    text = "No robot matches. Try other filters."
    assert f'#: {script}\nmsgid "{text}"' in (REPOSITORY / TEMPLATE).read_text()
    translated = {"locale_data": {"messages": {"": {}, text: ["Kein Robot passt."]}}}
    name = f"trading-robot-service-en_US-{md5(script.encode()).hexdigest()}.json"
    file = site.files / "wp-content" / "languages" / "plugins" / name
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(translated))
    page = browser.new_page()
    page.goto(site.wordpress_url + "/marketplace/")
    page.get_by_label("On sale").select_option("free")
    expect(page.get_by_text("Kein Robot passt.")).to_be_visible()
    file.unlink()
    page.context.close()
