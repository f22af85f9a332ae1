"""Calls of the site to the backend: encrypted, with an end, and to no other address."""

import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Site
from .probe import run

pytestmark = pytest.mark.site

LONGEST_WAIT_SECONDS = 20
SENT = """
$sent = array();
add_filter( 'pre_http_request', static function ( $answer, $args, $url ) use ( &$sent ) {
    $sent[] = array( $url, $args['sslverify'], $args['redirection'], $args['timeout'] );
    $json   = array( 'token' => 'x', 'expires_in' => 600, 'site_id' => 'x' );
    return array( 'response' => array( 'code' => 200, 'message' => '' ), 'headers' => array(),
        'body' => wp_json_encode( $json ), 'cookies' => array() );
}, 10, 3 );
wp_set_current_user( 1 );
$_COOKIE[ LOGGED_IN_COOKIE ] = wp_generate_auth_cookie( 1, time() + 60, 'logged_in', 'session' );
$nothing = new stdClass();
TRP_Public_Data::flush();
TRP_Public_Data::plans();
TRP_Public_Data::robots();
TRP_Public_Data::leaderboard( 'all-time' );
TRP_User_Tokens::send( 'GET', '/api/users/me', $nothing );
$zip = array( 'file' => array( 'application/zip' ) );
TRP_User_Tokens::send( 'POST', '/api/users/me/export', $nothing, $zip );
TRP_User_Tokens::link( 'code', 'verifier' );
TRP_User_Tokens::revoke( wp_get_current_user(), array( TRP_User_Tokens::verifier() ) );
ob_start();
TRP_Admin_Mailbox::render();
ob_end_clean();
TRP_Site_Health::service();
TRP_Public_Data::flush();
return $sent;
"""
PATHS = {
    "/api/plans",
    "/api/users/me",
    "/api/users/me/export",
    "/api/sites/token",
    "/api/sites/link",
    "/api/sites/logout",
    "/api/sites/mailbox",
    "/api/status",
}
ASK = """
add_filter( 'option_trp_settings', static fn( $kept ) => array( 'base_url' => '{url}' ) + $kept );
$options = array( 'trial' => true, 'token' => 'secret' );
$answer  = TRP_Api_Client::send( 'GET', '/api/status', $options );
return is_wp_error( $answer ) ? $answer->get_error_code() : $answer['status'];
"""


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Sends everybody on to another address, and remembers what was asked."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302)
        self.send_header("Location", "/stolen")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[http.server.ThreadingHTTPServer]:
    Elsewhere.asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_p5_every_call_verifies_tls_has_an_end_and_follows_no_redirect(site: Site) -> None:
    sent = run(site.wordpress_url, site.files, SENT)
    paths = {url.removeprefix(site.api_url).partition("?")[0] for url, *_ in sent}
    assert paths >= PATHS
    assert [call for call in sent if call[1] is not True or call[2] != 0] == []
    assert [call for call in sent if not 0 < call[3] <= LONGEST_WAIT_SECONDS] == []


def test_p5_a_redirect_is_an_answer_and_not_a_way(
    site: Site, elsewhere: http.server.ThreadingHTTPServer
) -> None:
    url = f"http://127.0.0.1:{elsewhere.server_port}"
    assert run(site.wordpress_url, site.files, ASK.format(url=url)) == 302
    assert Elsewhere.asked == ["/api/status"]


def test_p5_a_certificate_that_nobody_vouches_for_ends_the_call(
    site: Site, elsewhere: http.server.ThreadingHTTPServer, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    files = [
        "-keyout",
        str(key),
        "-out",
        str(certificate),
        "-addext",
        "subjectAltName=IP:127.0.0.1",
    ]
    subprocess.run([*make, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    elsewhere.socket = context.wrap_socket(elsewhere.socket, server_side=True)
    url = f"https://127.0.0.1:{elsewhere.server_port}"
    assert run(site.wordpress_url, site.files, ASK.format(url=url)) == "unavailable"
    assert Elsewhere.asked == []


@pytest.mark.parametrize("url", ["https://user@api.example.com", "ftp://127.0.0.1", "api", ""])
def test_p5_an_address_that_is_not_of_the_web_is_not_called(site: Site, url: str) -> None:
    code = f"return TRP_Settings::address_allowed( '{url}' );"
    assert run(site.wordpress_url, site.files, code) is False
