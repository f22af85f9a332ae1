"""What an author writes into a shortcode, or a stranger into a link, stays text."""

import base64
import json

import pytest

from .conftest import Site
from .probe import run
from .visitor import Visitor

pytestmark = pytest.mark.site

ATTACKS = [
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<img src=x onerror=alert(1)>",
    "../../../../wp-config",
    "all-time' OR '1'='1",
]
ATTRIBUTES = ["period", "strategy_type", "price", "sort", "view", "template", "data"]
RENDER = """
global $shortcode_tags;
$given = json_decode( base64_decode( '{given}' ), true );
$tags  = preg_grep( '/^trading_robot_/', array_keys( $shortcode_tags ) );
$shown = array();
foreach ( $tags as $tag ) {{
    $plain = call_user_func( $shortcode_tags[ $tag ], array(), '', $tag );
    foreach ( $given as $name => $values ) {{
        foreach ( $values as $value ) {{
            $attributes = array( $name => $value );
            $html       = call_user_func( $shortcode_tags[ $tag ], $attributes, $value, $tag );
            if ( str_contains( $html, $value ) && ! str_contains( $plain, $value ) ) {{
                $shown[] = "$tag $name $value";
            }}
        }}
    }}
}}
return array( count( $tags ), $shown );
"""


def test_p2_no_attribute_of_a_shortcode_becomes_markup(site: Site) -> None:
    given = base64.b64encode(json.dumps(dict.fromkeys(ATTRIBUTES, ATTACKS)).encode()).decode()
    tags, shown = run(site.wordpress_url, site.files, RENDER.format(given=given))
    assert tags == 6
    assert shown == []


@pytest.mark.parametrize("name", ["period", "strategy_type", "price", "sort", "view"])
@pytest.mark.parametrize("path", ["/performance/", "/marketplace/"])
def test_p2_a_link_cannot_put_markup_on_a_page(site: Site, path: str, name: str) -> None:
    visitor = Visitor(site.wordpress_url)
    page = visitor.page(f"{path}?{name}=%22%3E%3Csvg+onload%3Dalert(1)%3E")
    assert page.status == 200
    assert "<svg onload" not in page.text
    assert visitor.page(f"{path}?{name}[]=1").status == 200
