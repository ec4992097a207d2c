"""The practice gateway as a program: when it starts, what it keeps, what it never keeps."""

from __future__ import annotations

import base64
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.payments import gateway
from shop.payments.gateway import Authorised, Settling

from ...practice import PracticeGateway

pytestmark = pytest.mark.once

REAL_KEYS = dict.fromkeys(("BRAINTREE_MERCHANT_ID", "BRAINTREE_PUBLIC_KEY", "BRAINTREE_PRIVATE_KEY"), "abc")
DIGITS = re.compile(rb"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def passes_luhn(number: bytes) -> bool:
    digits = [int(one) for one in re.sub(rb"\D", b"", number).decode()]
    doubled = [one if place % 2 == 0 else sum(divmod(2 * one, 10)) for place, one in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_it_does_not_start_beside_real_keys(tmp_path: Path, environment: str) -> None:
    made = PracticeGateway(tmp_path, tls=False, BRAINTREE_ENVIRONMENT=environment, **REAL_KEYS)

    with pytest.raises(RuntimeError, match="real keys are in use"):
        made.start()


@pytest.mark.parametrize("url", ["http://0.0.0.0:18899", "http://192.0.2.1:18899", "https://127.0.0.1:18899"])
def test_it_listens_on_loopback_alone(tmp_path: Path, url: str) -> None:
    made = PracticeGateway(tmp_path, PRACTICE_GATEWAY_URL=url)

    with pytest.raises(RuntimeError, match="PRACTICE_GATEWAY_URL must be"):
        made.start()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_restart_loses_no_charge(practice_gateway: PracticeGateway, end: str) -> None:
    outcome = gateway.authorise(ref="one", amount_cents=1999, nonce="fake-valid-nonce")
    assert isinstance(outcome, Authorised)

    getattr(practice_gateway, end)()
    practice_gateway.start()

    found = gateway.find_by_ref("one")
    assert found is not None
    assert [one.gateway_id for one in found] == [outcome.gateway_id]
    assert isinstance(gateway.settle(outcome.gateway_id), Settling)


def ask(practice_gateway: PracticeGateway, path: str, **headers: str) -> tuple[int, bytes]:
    request = urllib.request.Request(practice_gateway.url + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def basic(private: str = "practice_private") -> str:
    return "Basic " + base64.b64encode(f"practice_public:{private}".encode()).decode()


def test_calls_need_the_keys(practice_gateway: PracticeGateway) -> None:
    assert ask(practice_gateway, "/merchants/practice/transactions/abc")[0] == 401
    assert ask(practice_gateway, "/merchants/practice/transactions/abc", Authorization=basic("x"))[0] == 401
    assert ask(practice_gateway, "/merchants/other/transactions/abc", Authorization=basic())[0] == 401
    assert ask(practice_gateway, "/merchants/practice/transactions/abc", Authorization=basic())[0] == 404


def test_a_call_that_it_does_not_know_is_said_to_be_unknown(practice_gateway: PracticeGateway) -> None:
    assert ask(practice_gateway, "/merchants/practice/plans", Authorization=basic())[0] == 501
    assert ask(practice_gateway, "/anything")[0] == 501


@pytest.mark.parametrize("header", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}])
def test_a_web_page_elsewhere_cannot_read_the_ledger(practice_gateway: PracticeGateway, header: dict[str, str]) -> None:
    assert ask(practice_gateway, "/practice/ledger", **header)[0] == 403


def test_a_fault_that_does_not_exist_is_refused(practice_gateway: PracticeGateway) -> None:
    with pytest.raises(ValueError, match="fault must be one of"):
        practice_gateway.faults("sale", "explode")


def tokenize(practice_gateway: PracticeGateway, number: str) -> dict[str, object]:
    token = json.loads(base64.b64decode(gateway.client_token() or ""))
    card = {"number": number, "expirationMonth": "12", "expirationYear": "2035", "cvv": "123"}
    body = {"operationName": "TokenizeCreditCard", "variables": {"input": {"creditCard": card}}}
    headers = {"Authorization": f"Bearer {token['authorizationFingerprint']}"}
    request = urllib.request.Request(token["graphQL"]["url"], data=json.dumps(body).encode(), headers=headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        found: dict[str, object] = json.loads(answer.read())
        return found


def nonce_for(practice_gateway: PracticeGateway, number: str) -> str:
    data = tokenize(practice_gateway, number)["data"]
    assert isinstance(data, dict)
    return str(data["tokenizeCreditCard"]["token"])


def test_a_nonce_is_used_once(practice_gateway: PracticeGateway) -> None:
    nonce = nonce_for(practice_gateway, "4111111111111111")
    assert gateway.is_nonce_consumed(nonce) is False

    first = gateway.authorise(ref="one", amount_cents=1999, nonce=nonce)
    second = gateway.authorise(ref="two", amount_cents=1999, nonce=nonce)

    assert isinstance(first, Authorised)
    assert second == gateway.NonceConsumed()
    assert gateway.is_nonce_consumed(nonce) is True
    assert [one["order_id"] for one in practice_gateway.ledger()] == ["one"]


@pytest.mark.parametrize("number", ["4242424242424242", "4111111111111112", "5454545454545454", ""])
def test_only_published_test_cards_are_taken(practice_gateway: PracticeGateway, number: str) -> None:
    answer = tokenize(practice_gateway, number)

    assert answer["data"] is None
    assert "published test cards" in json.dumps(answer["errors"])


@pytest.fixture
def fresh_gateway(tmp_path: Path) -> Iterator[PracticeGateway]:
    made = PracticeGateway(tmp_path / "fresh")
    made.start()
    yield made
    made.stop()


class TestWhatIsKept:
    @pytest.fixture
    def settings_overrides(self, fresh_gateway: PracticeGateway) -> dict[str, str]:
        return {"practice_gateway_url": fresh_gateway.url}

    @pytest.mark.promise("P16")
    def test_no_card_number_is_in_any_file_or_log(self, fresh_gateway: PracticeGateway) -> None:
        for place, number in enumerate(["4111 1111 1111 1111", "378282246310005", "4242424242424242"]):
            answer = tokenize(fresh_gateway, number)["data"]
            if isinstance(answer, dict):
                nonce = str(answer["tokenizeCreditCard"]["token"])
                gateway.authorise(ref=f"order-{place}", amount_cents=1999, nonce=nonce)
        fresh_gateway.stop()

        files = [path for path in fresh_gateway.folder.rglob("*") if path.is_file()]
        found = [one for path in files for one in DIGITS.findall(path.read_bytes()) if passes_luhn(one)]

        assert {"practice.db", "practice.log"} <= {path.name for path in files}
        assert found == []
