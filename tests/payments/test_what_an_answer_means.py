"""Every row of the table "what an answer means for money": what is known, what is not, and what was never processed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from shop.payments import gateway
from shop.payments.deadline import FAILURES_TO_OPEN
from shop.payments.gateway import Authorised, Missing, Refused, Seen, Settling, Unknown, Voided

from ..practice import PracticeGateway, free_port

pytestmark = pytest.mark.once


def authorise(ref: str = "one") -> gateway.Outcome:
    return gateway.authorise(ref=ref, amount_cents=1999, nonce="fake-valid-nonce")


@pytest.mark.parametrize("status", [401, 403, 404, 426, 429])
def test_not_processed_is_refused(status: int, practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("sale", status)

    assert isinstance(authorise(), Refused)
    assert practice_gateway.ledger() == []


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_trouble_at_the_gateway_leaves_it_unknown(status: int, practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("sale", status)

    assert isinstance(authorise(), Unknown)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit", "html", "empty", "bad_xml"])
def test_an_answer_that_is_none_leaves_it_unknown(fault: str, practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("sale", fault)

    assert isinstance(authorise(), Unknown)


@pytest.mark.parametrize("fault", ["delay", "drip"])
def test_a_gateway_that_does_not_finish_is_left_at_the_deadline(fault: str, practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("sale", fault, seconds=20)

    assert isinstance(authorise(), Unknown)
    # What it still has in hand must not reach its books during another test.
    practice_gateway.kill()
    practice_gateway.start()


@pytest.mark.parametrize("fault", ["drop_after_commit", "html", "empty", "bad_xml", "drip", "500"])
def test_after_an_unknown_outcome_the_charge_is_found_by_its_ref(fault: str, practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("sale", fault, seconds=20, after_commit=True)
    authorise("K7QM")

    found = gateway.find_by_ref("K7QM")

    assert found is not None
    assert [(one.amount_cents, one.ref, one.is_good) for one in found] == [(1999, "K7QM", True)]


def test_nothing_is_found_of_what_never_arrived(practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("sale", "drop_before")
    authorise("K7QM")

    assert gateway.find_by_ref("K7QM") == []


class TestWithoutAGateway:
    @pytest.fixture
    def settings_overrides(self, practice_gateway: PracticeGateway) -> dict[str, Any]:
        return {"practice_gateway_url": f"http://127.0.0.1:{free_port()}", "braintree_timeout": 2}

    def test_a_refused_connection_is_unknown(self) -> None:
        assert isinstance(authorise(), Unknown)

    def test_every_question_has_an_answer_of_its_own(self) -> None:
        assert gateway.client_token() is None
        assert gateway.find_by_ref("one") is None
        assert gateway.is_nonce_consumed("fake-valid-nonce") is None
        assert isinstance(gateway.find("abc"), Unknown)
        assert isinstance(gateway.settle("abc"), Unknown)
        assert isinstance(gateway.void("abc"), Unknown)
        assert isinstance(gateway.refund("abc", amount_cents=1, ref="r"), Unknown)


class TestWithAServerThatDripsItsHeaders:
    @pytest.fixture
    def dripping(self) -> Iterator[str]:
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=_drip_for_ever, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.close()

    @pytest.fixture
    def settings_overrides(self, practice_gateway: PracticeGateway, dripping: str) -> dict[str, Any]:
        return {"practice_gateway_url": dripping, "braintree_timeout": 1}

    def test_the_total_deadline_holds(self) -> None:
        assert authorise() == Unknown("TimeoutError")


def _drip_for_ever(listener: socket.socket) -> None:
    try:
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                for _ in range(30):
                    connection.sendall(b"X-More: 1\r\n")
                    time.sleep(0.2)
    except OSError:
        return


class TestWithWrongKeys:
    @pytest.fixture
    def settings_overrides(self, practice_gateway: PracticeGateway) -> dict[str, Any]:
        return {"practice_gateway_url": practice_gateway.url, "braintree_private_key": "not-this-one"}

    def test_nothing_is_processed(self, practice_gateway: PracticeGateway) -> None:
        assert authorise("refused") == Refused("AuthenticationError")
        assert practice_gateway.ledger("refused") == []


class TestWithAProxyInTheEnvironment:
    def test_practice_traffic_goes_past_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")

        assert isinstance(authorise(), Authorised)


def test_after_several_failures_in_a_row_the_gateway_counts_as_closed(practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("search", 503, times=FAILURES_TO_OPEN)
    for _ in range(FAILURES_TO_OPEN - 1):
        gateway.find_by_ref("one")
    assert gateway.is_open()

    gateway.find_by_ref("one")

    assert not gateway.is_open()


def test_one_answer_opens_it_again(practice_gateway: PracticeGateway) -> None:
    practice_gateway.faults("search", 503, times=FAILURES_TO_OPEN)
    for _ in range(FAILURES_TO_OPEN):
        gateway.find_by_ref("one")

    gateway.find_by_ref("one")

    assert gateway.is_open()


def test_a_refused_card_is_an_answer_and_closes_nothing() -> None:
    for number in range(FAILURES_TO_OPEN + 1):
        gateway.authorise(ref=str(number), amount_cents=200000, nonce="fake-valid-nonce")

    assert gateway.is_open()


def test_settling_and_voiding_with_an_unknown_outcome_can_be_asked_again(practice_gateway: PracticeGateway) -> None:
    first, second = authorise("one"), authorise("two")
    assert isinstance(first, Authorised)
    assert isinstance(second, Authorised)
    practice_gateway.faults("submit_for_settlement", "drop_after_commit")
    practice_gateway.faults("void", "drop_after_commit")
    assert isinstance(gateway.settle(first.gateway_id), Unknown)
    assert isinstance(gateway.void(second.gateway_id), Unknown)

    assert gateway.settle(first.gateway_id) == Settling(first.gateway_id, "submitted_for_settlement")
    assert gateway.void(second.gateway_id) == Voided(second.gateway_id)


def test_what_the_gateway_never_saw_is_missing() -> None:
    assert gateway.find("nosuchid") == Missing()
    assert isinstance(gateway.settle("nosuchid"), Refused)
    assert isinstance(gateway.find("../.."), Missing)


def test_a_failed_question_is_not_an_empty_answer(practice_gateway: PracticeGateway) -> None:
    authorise("one")
    practice_gateway.faults("search", "html")

    assert gateway.find_by_ref("one") is None
    assert [type(one) for one in gateway.find_by_ref("one") or []] == [Seen]
