"""What WordPress expects of a plugin: privacy tools, Site Health, its command line, the editor."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from .conftest import Site
from .people import Person
from .probe import run

pytestmark = pytest.mark.site

# What WP-CLI gives a command: words go to the terminal, an error ends the command.
WP_CLI = """
define( 'WP_CLI', true );
final class WP_CLI {
    public static array $said = array();
    public static array $commands = array();
    public static function add_command( $name, $class ) { self::$commands[ $name ] = $class; }
    public static function log( $line ) { self::$said[] = $line; }
    public static function success( $line ) { self::$said[] = 'Success: ' . $line; }
    public static function error( $line ) { throw new RuntimeException( $line ); }
}
"""
BLOCKS = {
    "pricing": "Most popular",
    "performance": "Performance, in the open",
    "marketplace": "Robot marketplace",
    "user-dashboard": "The dashboard is shown here on the published page.",
}


def php(site: Site, code: str, before: str = "") -> Any:
    return run(site.wordpress_url, site.home / "wordpress" / "site", code, before)


def test_the_command_says_how_things_stand(site: Site) -> None:
    code = """
    $command = new WP_CLI::$commands['trp']();
    $command->status();
    return WP_CLI::$said;
    """
    said = "\n".join(php(site, code, WP_CLI))
    assert site.api_url in said
    assert "Connection: site " in said
    assert "Answers:    status 200" in said
    assert "Cache:      Leaderboard " in said


def test_the_command_empties_the_cache(site: Site) -> None:
    code = """
    TRP_Public_Data::plans();
    $command = new WP_CLI::$commands['trp']();
    $command->cache();
    $kept = array_filter( array_column( TRP_Public_Data::state(), 'as_of' ) );
    return array( WP_CLI::$said, count( $kept ) );
    """
    assert php(site, code, WP_CLI) == [["Success: The cache is empty."], 0]


def test_site_health_finds_all_well(site: Site) -> None:
    code = """
    $tests = apply_filters( 'site_status_tests', array( 'direct' => array(), 'async' => array() ) );
    $found = array_map( static fn( $test ) => call_user_func( $test['test'] ), $tests['direct'] );
    return array_column( $found, 'status', 'test' );
    """
    names = ("trp_service", "trp_connection", "trp_clock", "trp_rest")
    assert php(site, code) == dict.fromkeys(names, "good")


def test_site_health_says_that_a_copied_site_only_reads(site: Site) -> None:
    code = """
    add_filter( 'home_url', static fn() => 'https://copy.example' );
    return TRP_Site_Health::connection();
    """
    found = php(site, code)
    assert found["status"] == "recommended"
    assert "copy" in found["label"]


def test_personal_data_is_exported_and_erased(site: Site, member: Person) -> None:
    assert member.visitor.call("GET", "me/users/me", nonce=member.nonce).status == 200
    code = f"""
    $call   = static function ( $tool ) {{
        $registered = apply_filters( "wp_privacy_personal_data_$tool", array() );
        $ours       = $registered['trading-robot-service'];
        return call_user_func( $ours['callback'], '{member.email}', 1 );
    }};
    $before = $call( 'exporters' )['data'][0]['data'][0]['value'];
    return array( $before, $call( 'erasers' )['items_removed'], $call( 'exporters' )['data'] );
    """
    subject, removed, left = php(site, code)
    assert len(subject) == 36
    assert (removed, left) == (True, [])


def test_the_editor_shows_the_blocks_as_the_page_will(
    site: Site, browser: Browser, administrator: Person
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_cookies(administrator.visitor.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    content = "".join(f"<!-- wp:trading-robot-service/{name} /-->" for name in BLOCKS)
    code = f"""
    return wp_insert_post( array(
        'post_type' => 'page', 'post_status' => 'draft', 'post_title' => 'Blocks',
        'post_content' => '{content}', 'post_author' => 1,
    ) );
    """
    page.goto(f"{site.wordpress_url}/wp-admin/post.php?post={php(site, code)}&action=edit")
    canvas = page.frame_locator("iframe[name=editor-canvas]").locator("body")
    for name, words in BLOCKS.items():
        block = canvas.locator(f"[data-type='trading-robot-service/{name}']")
        expect(block).to_contain_text(words, timeout=60_000)
    assert wrong == []
    context.close()
