from tests.factories import headers_for, make_bot


def test_it(app, client, user):
    make_bot(user)
    r = client.get("/api/openapi.json", headers=headers_for(app, user))
    assert r.status_code == 200, r.json
