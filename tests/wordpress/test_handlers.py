"""Every way in of the plugin, found in the running site: none works without its nonce."""

from typing import NamedTuple

import pytest

from .conftest import Site
from .people import Person
from .probe import run
from .visitor import Visitor

pytestmark = pytest.mark.site

NAMESPACE = "/trading-robot-service/v1"
SHOWN = {"plans", "robots", "leaderboard", "performance", "chain", "chain-lines"}
# A question about a plan may be asked by anybody; cached pages hold no nonce.
PUBLIC = {f"public/{name}" for name in SHOWN} | {"enquiry"}
# Core looks at the fields a route requires before it asks who may call it.
FIELDS = {"email": "x@example.com", "login": "x", "password": "long enough to pass"}
WRONG_NONCE = "0123456789"
ROUTES = """
$found = array();
foreach ( rest_get_server()->get_routes( 'trading-robot-service/v1' ) as $route => $handlers ) {
    foreach ( $handlers as $handler ) {
        foreach ( array_keys( $handler['methods'] ) as $method ) {
            $found[] = array( $method, $route );
        }
    }
}
return $found;
"""
ADMINISTRATION = """
global $wp_filter, $submenu;
wp_set_current_user( 1 );
require_once ABSPATH . 'wp-admin/includes/plugin.php';
add_filter( 'option_trp_connection', static function ( $kept ) {
    return array( 'scopes' => array( 'mailbox' ) ) + $kept;
} );
TRP_Admin_Dashboard::add_menu();
$hooks = preg_grep( '/^(admin_post|wp_ajax)_(nopriv_)?trp_/', array_keys( $wp_filter ) );
return array( array_values( $hooks ), array_column( $submenu['trp-overview'], 2 ) );
"""


class Route(NamedTuple):
    method: str
    path: str


def answer(visitor: Visitor, route: Route, nonce: str | None = None) -> int:
    body = None if route.method == "GET" else FIELDS
    return visitor.call(route.method, route.path, body, nonce).status


@pytest.fixture(scope="module")
def routes(site: Site) -> list[Route]:
    """What is registered now; a path's variable part is filled with an address that is allowed."""
    found = run(site.wordpress_url, site.files, ROUTES)
    paths = [(m, path.removeprefix(NAMESPACE).lstrip("/")) for m, path in found]
    return [
        Route(m, "me/dashboard" if path.startswith("me/") else path) for m, path in paths if path
    ]


@pytest.fixture(scope="module")
def closed(routes: list[Route]) -> list[Route]:
    return [route for route in routes if route.path not in PUBLIC]


@pytest.fixture(scope="module")
def actions(site: Site) -> list[str]:
    """The names behind admin-post.php and admin-ajax.php."""
    hooks: list[str] = run(site.wordpress_url, site.files, ADMINISTRATION)[0]
    return hooks


@pytest.fixture(scope="module")
def pages(site: Site) -> list[str]:
    slugs: list[str] = run(site.wordpress_url, site.files, ADMINISTRATION)[1]
    return slugs


def test_the_ways_in_are_found(
    routes: list[Route], closed: list[Route], actions: list[str], pages: list[str]
) -> None:
    assert {"POST link/start", "POST sign-in", "PUT me/dashboard"} <= {
        " ".join(route) for route in closed
    }
    assert len(routes) - len(closed) == len(PUBLIC)
    assert "admin_post_trp_connect" in actions
    assert {"trp-overview", "trp-settings", "trp-mailbox"} == set(pages)


def test_p1_a_route_without_a_nonce_is_closed(demo: Person, closed: list[Route]) -> None:
    assert [r for r in closed if answer(demo.visitor, r) not in (401, 403)] == []


def test_p1_a_route_with_a_wrong_nonce_is_closed(demo: Person, routes: list[Route]) -> None:
    assert [r for r in routes if answer(demo.visitor, r, WRONG_NONCE) != 403] == []


def test_p1_a_nonce_without_a_login_opens_nothing_of_a_user(
    site: Site, closed: list[Route]
) -> None:
    visitor = Visitor(site.wordpress_url)
    nonce = visitor.nonce()
    own = [route for route in closed if not route.path.startswith("sign-")]
    assert own
    assert [r for r in own if answer(visitor, r, nonce) != 401] == []


def test_p1_no_action_of_the_administration_is_open_to_visitors(actions: list[str]) -> None:
    assert [name for name in actions if "nopriv" in name or name.startswith("wp_ajax")] == []


def submit(person: Person, hook: str, **fields: str) -> int:
    sent = {"action": hook.removeprefix("admin_post_"), "code": "x", **fields}
    return person.visitor.form("/wp-admin/admin-post.php", sent).status


def test_p1_an_action_without_its_nonce_is_refused(
    administrator: Person, actions: list[str]
) -> None:
    assert [hook for hook in actions if submit(administrator, hook) != 403] == []


def test_p1_an_action_with_a_wrong_nonce_is_refused(
    administrator: Person, actions: list[str]
) -> None:
    statuses = {hook: submit(administrator, hook, _wpnonce=WRONG_NONCE) for hook in actions}
    assert [hook for hook, status in statuses.items() if status != 403] == []


def test_p1_a_subscriber_may_do_nothing(demo: Person, actions: list[str]) -> None:
    statuses = {hook: submit(demo, hook, _wpnonce=demo.nonce) for hook in actions}
    assert [hook for hook, status in statuses.items() if status != 403] == []


def test_p1_a_subscriber_sees_no_page_of_the_administration(demo: Person, pages: list[str]) -> None:
    opened = {slug: demo.visitor.page(f"/wp-admin/admin.php?page={slug}").status for slug in pages}
    assert [slug for slug, status in opened.items() if status != 403] == []


def test_p6_a_foreign_page_cannot_connect_the_site(site: Site, administrator: Person) -> None:
    """The form of another site brings the administrator's cookies and no nonce of this one."""
    before = site.options()["trp_connection"]
    fields = {"action": "trp_connect", "code": "ABCDEF-GHIJKL"}
    foreign = {"_wpnonce": administrator.nonce, "_wp_http_referer": "https://attacker.example/"}
    assert administrator.visitor.form("/wp-admin/admin-post.php", fields | foreign).status == 403
    assert submit(administrator, "admin_post_trp_disconnect", **foreign) == 403
    assert site.options()["trp_connection"] == before
