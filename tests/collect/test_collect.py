# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""Every outcome of a DNS look-up, from real servers, through the collector."""

import pytest

import world as w

# A dead name may cost its deadline or its round, and no more.
ROUND_MS = 12000
SLACK_MS = 1500


@pytest.fixture(name="way", params=["recursion", "resolver"])
def fixture_way(request):
    return request.getfixturevalue(request.param)


def test_present(ask, way):
    got = ask(way, "good.example TXT", "good.example MX", "mail.good.example AAAA", "plain.example TXT")
    assert got["good.example TXT"]["records"] == ['"v=spf1 -all" "; second"']
    assert got["good.example TXT"]["state"] == "present"
    assert got["good.example TXT"]["dnssec"] == "secure"
    assert got["good.example TXT"]["bytes"] > 100  # signatures came along
    assert got["good.example MX"]["records"] == ["10 mail.good.example."]
    assert got["mail.good.example AAAA"]["records"] == ["2001:db8::1"]
    assert got["plain.example TXT"]["dnssec"] == "insecure"
    assert got.milliseconds < SLACK_MS


def test_absent(ask, way):
    got = ask(way, "good.example AAAA", "nothing.good.example MX", "empty.good.example TXT", "plain.example A")
    for key, nxdomain in (("good.example AAAA", False), ("nothing.good.example MX", True),
                          ("empty.good.example TXT", False), ("plain.example A", False)):
        fact = got[key]
        assert (fact["state"], fact["nxdomain"]) == ("absent", nxdomain), key
        assert 0 < fact["ttl"] <= 60, key
    assert got["nothing.good.example MX"]["dnssec"] == "secure"
    assert got["plain.example A"]["dnssec"] == "insecure"


def test_cnames(ask, way):
    got = ask(way, "alias.good.example A", "dangling.good.example A", "out.good.example A", "alias.good.example CNAME")
    assert got["alias.good.example A"]["cnames"] == ["alias2.good.example", "mail.good.example"]
    assert got["alias.good.example A"]["records"] == ["192.0.2.1"]
    assert got["alias.good.example CNAME"]["records"] == ["alias2.good.example."]
    assert "cnames" not in got["alias.good.example CNAME"]
    assert got["dangling.good.example A"]["state"] == "absent"
    assert got["dangling.good.example A"]["nxdomain"] is True
    assert got["dangling.good.example A"]["cnames"] == ["nowhere.good.example"]
    # A chain is as safe as its weakest link.
    assert got["out.good.example A"]["dnssec"] == "insecure"


def test_dot_in_a_label(ask, way):
    got = ask(way, r"odd\.label.good.example TXT", "odd.label.good.example TXT")
    assert got[r"odd\.label.good.example TXT"]["records"] == ['"a dot in a label"']
    assert got["odd.label.good.example TXT"]["nxdomain"] is True


def test_cname_circle(ask, recursion):
    fact = ask(recursion, "loop1.good.example TXT")["loop1.good.example TXT"]
    assert (fact["state"], fact["failure"]) == ("failed", "malformed")
    assert "circle" in fact["detail"]


def test_answers_that_need_tcp(ask, way):
    got = ask(way, "kilobytes.good.example TXT", "large.good.example TXT")
    for name, size in (("kilobytes", 4000), ("large", 13000)):
        fact = got[f"{name}.good.example TXT"]
        assert fact["state"] == "present"
        assert fact["records"][0].count("x") == size
        assert fact["bytes"] > size


def test_udp_alone_would_not_do(world):
    told = world.tool("drill", "-I", w.LEAF, f"@{w.LEAF}", "-b", "1232", "-o", "AD", "kilobytes.good.example", "TXT")
    assert "tc" in told.splitlines()[1].split(";")[2]


@pytest.mark.parametrize(("zone", "why"), [("broken", "DS hash mismatches key"), ("expired", "signature expired")])
def test_bogus_keeps_the_data(ask, way, zone, why):
    got = ask(way, f"{zone}.example TXT", f"{zone}.example MX", f"x.{zone}.example A")
    fact = got[f"{zone}.example TXT"]
    assert fact["records"] == [f'"{zone}"']
    for key in got.facts:
        assert (got[key]["state"], got[key]["failure"]) == ("failed", "bogus"), key
        assert got[key]["dnssec"] == "bogus"
        # Each names the cause, and not that the zone was found bogus before.
        assert got[key]["why_bogus"].startswith(why), key


@pytest.mark.parametrize(("zone", "failure", "detail"), [
    ("refused", "refused", f"{w.LEAF} answered REFUSED"),
    ("servfail", "servfail", f"{w.LEAF} answered SERVFAIL"),
    ("silent", "timeout", f"no answer from {w.SILENT}"),
    ("closed", "timeout", f"nothing listens at {w.CLOSED}"),
    ("noaddress", "servfail", "the name servers of noaddress.example have no address"),
])
def test_failures_are_told_apart(ask, recursion, zone, failure, detail):
    got = ask([*recursion, "--retries", 0], f"{zone}.example TXT", f"a.b.{zone}.example MX")
    for key in got.facts:
        assert (got[key]["state"], got[key]["failure"]) == ("failed", failure), key
        assert got[key]["detail"] == detail
        assert "records" not in got[key]
    assert got.milliseconds < ROUND_MS


def test_failure_behind_a_cname(ask, recursion):
    fact = ask([*recursion, "--retries", 0], "late.plain.example A")["late.plain.example A"]
    assert fact["state"] == "failed"


def test_servfail_is_asked_again(ask, recursion):
    once = ask([*recursion, "--retries", 0], "servfail.example TXT")
    twice = ask([*recursion, "--retries", 1], "servfail.example TXT")
    assert once["servfail.example TXT"]["failure"] == twice["servfail.example TXT"]["failure"] == "servfail"
    assert once.milliseconds < 3000
    assert 5000 < twice.milliseconds < 5000 + SLACK_MS


@pytest.mark.parametrize(("resolver", "failure"), [
    (w.SILENT, "timeout"), (w.CLOSED, "network"), ("192.0.2.1", "network"), (w.LEAF, "network"),
])
def test_useless_resolver(ask, world, resolver, failure):
    got = ask(["--resolver", resolver, "--trust-anchor", world.anchor, "--retries", 0], "good.example TXT")
    assert (got["good.example TXT"]["state"], got["good.example TXT"]["failure"]) == ("failed", failure)
    assert len(got.notices) == 1 and resolver in got.notices[0]


def test_resolver_fails(ask, resolver):
    got = ask([*resolver, "--retries", 0], "servfail.example TXT")
    assert got["servfail.example TXT"]["failure"] == "servfail"
    assert got["servfail.example TXT"]["source"] == f"resolver {w.RESOLVER}"


def write_resolv_conf(world, address):
    path = world.folder / "resolv.conf"
    path.write_text(f"nameserver {address}\n" if address else "", encoding="ascii")
    return ["--resolv-conf", path, "--trust-anchor", world.anchor]


def test_machine_resolver(ask, world):
    got = ask(write_resolv_conf(world, w.RESOLVER), "good.example TXT")
    assert got["good.example TXT"]["dnssec"] == "secure"
    assert got["good.example TXT"]["source"] == f"resolver {w.RESOLVER}"
    assert not got.notices


@pytest.mark.parametrize(("address", "trouble"), [
    (w.STRIPPING, "does not pass DNSSEC on"), (w.REJECTING, "does not pass DNSSEC on"), (w.SILENT, "does not answer"),
])
def test_machine_resolver_is_passed_by(ask, world, address, trouble):
    got = ask(write_resolv_conf(world, address), "good.example TXT", "broken.example TXT")
    assert got["good.example TXT"]["dnssec"] == "secure"
    assert got["good.example TXT"]["source"] == f"recursion (the resolver {address} {trouble})"
    assert got["broken.example TXT"]["failure"] == "bogus"
    assert got.notices == [f"the resolver {address} {trouble}: the name servers are asked directly instead"]


def test_no_machine_resolver(ask, world):
    got = ask(write_resolv_conf(world, None), "good.example TXT")
    assert got["good.example TXT"]["source"] == "recursion"
    assert got.notices == ["this machine has no resolver: the name servers are asked directly"]


@pytest.mark.parametrize("address", [w.STRIPPING, w.REJECTING])
def test_given_resolver_is_never_passed_by(ask, world, address):
    got = ask(["--resolver", address, "--trust-anchor", world.anchor], "good.example TXT")
    assert got["good.example TXT"]["state"] == "present"
    assert got["good.example TXT"]["dnssec"] == "unchecked"
    assert got["good.example TXT"]["source"] == f"resolver {address} (does not pass DNSSEC on)"
    assert got.notices == [f"the resolver {address} does not pass DNSSEC on: answers are not checked with DNSSEC"]


def test_no_validation(ask, world):
    for options in (["--resolver", w.RESOLVER], ["--root-hints", world.hints]):
        got = ask([*options, "--trust-anchor", "none", "--retries", 0], "good.example TXT", "expired.example TXT")
        assert got["good.example TXT"]["dnssec"] == "unchecked"
        expired = got["expired.example TXT"]
    assert expired["state"] == "present"  # without a resolver nobody minds


def test_wrong_trust_anchor_is_not_the_domains_fault(ask, world):
    got = ask(["--root-hints", world.hints], "good.example TXT", "plain.example TXT")
    for key in got.facts:
        assert (got[key]["state"], got[key]["failure"]) == ("failed", "network")
    assert got.notices == ["the root of the DNS does not match the trust anchor"]


@pytest.mark.parametrize(("options", "words"), [
    (["--resolver", "dns.example.org"], "is not an address"),
    (["--trust-anchor", "nowhere"], "read the trust anchor: nowhere"),
    (["--trust-anchor", "root.hints"], "no DS record"),
    (["--root-hints", "root.ds"], "no NS record"),
    (["--root-hints", "nowhere"], "read the root hints: nowhere"),
])
def test_unusable_options(ask, options, words):
    got = ask(options, "good.example TXT")
    assert got.returncode == 1
    assert words in got.told
    assert not got.facts


def test_stub(ask, world):
    stubs = ["--stub", f".={w.ROOT}", "--stub", f"example={w.REGISTRY}", "--stub", f"servfail.example={w.LEAF}"]
    got = ask([*stubs, "--trust-anchor", world.anchor, "--retries", 0, "--resolv-conf", "/dev/null"],
              "good.example TXT", "servfail.example TXT")
    assert got["good.example TXT"]["dnssec"] == "secure"
    assert got["servfail.example TXT"]["detail"] == f"{w.LEAF} answered SERVFAIL"


def test_many_at_once(ask, way):
    questions = {f"n{i}.good.example TXT": f'"number {i}"' for i in range(w.MANY)}
    got = ask(way, *questions)
    assert len(got.facts) == w.MANY
    assert f"progress: {w.MANY} of {w.MANY}" in got.told
    # On a machine that is busy with other tests the resolver has its own bad moments: they are told as what they are.
    failed = [question for question in questions if got[question]["state"] == "failed"]
    assert {got[question]["failure"] for question in failed} <= {"servfail"} and len(failed) < w.MANY // 10
    again = ask(way, *failed) if failed else got
    for question, text in questions.items():
        fact = (again if question in failed else got)[question]
        assert (fact.get("records"), fact.get("dnssec")) == ([text], "secure"), fact


def test_dead_name_ends_at_its_deadline(ask, recursion):
    got = ask([*recursion, "--deadline", 1500], "silent.example TXT", *(f"n{i}.good.example TXT" for i in range(60)))
    assert got["silent.example TXT"]["failure"] == "timeout"
    assert all(fact["state"] == "present" for key, fact in got.facts.items() if key.startswith("n"))
    assert 1400 < got.milliseconds < 1500 + SLACK_MS


def test_dead_domain_ends_with_its_round(ask, recursion):
    got = ask(recursion, *(f"x{i}.silent.example TXT" for i in range(60)))
    assert {fact["failure"] for fact in got.facts.values()} == {"timeout"}
    assert got.milliseconds < ROUND_MS + SLACK_MS


def test_stopped_in_flight(ask, recursion):
    got = ask([*recursion, "--stop-after", 400], "good.example TXT", *(f"x{i}.silent.example TXT" for i in range(40)))
    assert got.returncode == 0
    assert got["good.example TXT"]["state"] == "present"
    assert got["x0.silent.example TXT"]["state"] == "not-observed"
    assert got["x0.silent.example TXT"]["failure"] == "interrupted"
    assert got.milliseconds < 400 + SLACK_MS


def test_time_of_the_job_is_used_up(ask, recursion):
    fact = ask([*recursion, "--total", 0], "good.example TXT")["good.example TXT"]
    assert (fact["state"], fact["failure"]) == ("not-observed", "limit")
