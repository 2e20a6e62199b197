/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DKIM signatures: every way one can be refused, by what RFC 6376 and its updates say. */
#include "unit.h"

#include "authenticate/signer.h"

#define TAGS " v=1; a=ed25519-sha256; c=relaxed/relaxed; d=x.example; s=s1; h=from:to:subject"
#define HEADER "From: Ann <a@x.example>\r\nTo: Bo <b@y.example>\r\nSubject: lunch\r\n"
#define BODY "Hello  Bo,\r\n\r\nsee you\r\n"

struct row {
	const char *row;
	const char *tags;
	const char *reason;
	const char *result;
};

static void check_verdict(const char *row, const struct dkim_verdict *verdict, const char *result,
			  const char *reason)
{
	assert_row_span(row, span_of_string(dkim_reason_name(verdict->reason)),
			span_of_string(reason));
	assert_row_span(row, span_of_string(dkim_result_name(verdict->result)),
			span_of_string(result));
}

static void check_row(struct signer *signer, const struct row *row, uint64_t limit)
{
	struct span text = signer_sign(signer, row->tags, SPAN(HEADER), SPAN(BODY), limit);
	const struct dkim_report *report = signer_verify(signer, text, NULL);
	assert_non_null(report);
	assert_row_int(row->row, report->verdict_count, 1);
	check_verdict(row->row, &report->verdicts[0], row->result, row->reason);
}

static struct signer new_signer(void)
{
	struct signer signer = signer_new();
	signer_publish(&signer, "s1._domainkey.x.example", signer.record);
	return signer;
}

static void check_rows(const struct row *rows, size_t count, uint64_t limit)
{
	for (size_t i = 0; i < count; i++) {
		struct signer signer = new_signer();
		check_row(&signer, &rows[i], limit);
		signer_free(&signer);
	}
}

#define CHECK(rows, limit) check_rows(rows, sizeof(rows) / sizeof((rows)[0]), limit)

static void test_good(void **state)
{
	static const struct row rows[] = {
		{"relaxed", TAGS, "ok", "pass"},
		{"simple", " v=1; a=ed25519-sha256; c=simple/simple; d=x.example; s=s1; h=from",
		 "ok", "pass"},
		{"default forms", " v=1; a=ed25519-sha256; d=x.example; s=s1; h=from", "ok",
		 "pass"},
		{"mixed forms",
		 " v=1; a=ed25519-sha256; c=simple/relaxed; d=x.example; s=s1; h=from", "ok",
		 "pass"},
		{"folded tags",
		 "\r\n\tv = 1;\r\n a=ed25519-sha256; d=x.example;\r\n\ts=s1; h=from :\r\n\t "
		 "subject",
		 "ok", "pass"},
		{"unknown tag", TAGS "; zz=what; r=y", "ok", "pass"},
		{"identity below", TAGS "; i=ann@mail.x.example", "ok", "pass"},
		{"identity encoded", TAGS "; i=a=3Db@x.example", "ok", "pass"},
		{"upper case domain", " v=1; a=ed25519-sha256; d=X.Example; s=S1; h=From", "ok",
		 "pass"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_6_nul_in_selector(void **state)
{
	struct signer signer = new_signer();
	struct span text =
		SPAN("DKIM-Signature: v=1; a=ed25519-sha256; d=x.example; s=s1\0.y; h=from; "
		     "bh=AAAA; b=AAAA\r\nFrom: a@x.example\r\n\r\n");
	const struct dkim_report *report = signer_verify(&signer, text, NULL);
	check_verdict("NUL", &report->verdicts[0], "permerror", "syntax");
	assert_int_equal(world_asked_count(signer.world), 0);
	signer_free(&signer);
}

static void test_hazard_7_domains(void **state)
{
#define WITH_DOMAIN(d) " v=1; a=ed25519-sha256; d=" d "; s=s1; h=from"
	static const struct row rows[] = {
		{"quote", WITH_DOMAIN("x.example'a.evil.example"), "domain", "permerror"},
		{"double quote", WITH_DOMAIN("x.example\"a"), "domain", "permerror"},
		{"parenthesis", WITH_DOMAIN("x.example(a"), "domain", "permerror"},
		{"folded", WITH_DOMAIN("x.\r\n example"), "domain", "permerror"},
		{"escape", WITH_DOMAIN("x\\046example"), "domain", "permerror"},
		{"empty", WITH_DOMAIN(""), "domain", "permerror"},
		{"dot at the end", WITH_DOMAIN("x.example."), "domain", "permerror"},
		{"empty label", WITH_DOMAIN("x..example"), "domain", "permerror"},
		{"selector", " v=1; a=ed25519-sha256; d=x.example; s=s 1; h=from", "selector",
		 "permerror"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_12_l_shorter_than_body(void **state)
{
	struct signer signer = new_signer();
	struct span text = signer_sign(&signer, TAGS "; l=4", SPAN(HEADER), SPAN(BODY), 4);
	const struct dkim_verdict *verdict = signer_verify(&signer, text, NULL)->verdicts;
	check_verdict("l=4", verdict, "policy", "length-short");
	/* "Hello Bo,", an empty line and "see you", with CRLFs, are 22 octets */
	assert_int_equal(verdict->surface.body_octets, 22 - 4);
	assert_row_span("offending", verdict->offending, SPAN("4"));
	signer.options.allows_partial_body = true;
	verdict = signer_verify(&signer, text, NULL)->verdicts;
	check_verdict("allowed", verdict, "pass", "ok");
	assert_int_equal(verdict->surface.body_octets, 22 - 4);
	signer_free(&signer);
}

static void test_hazard_12_l_zero_and_whole(void **state)
{
	static const struct row zero[] = {{"l=0", TAGS "; l=0", "length-short", "policy"}};
	static const struct row whole[] = {{"l=22", TAGS "; l=22", "ok", "pass"}};
	CHECK(zero, 0);
	CHECK(whole, 22);
}

static void test_hazard_13_l_longer_than_body(void **state)
{
	static const struct row rows[] = {
		{"one more", TAGS "; l=23", "length-beyond", "permerror"},
		{"20 digits", TAGS "; l=99999999999999999999", "length-beyond", "permerror"},
		{"76 digits",
		 TAGS
		 "; l=1000000000000000000000000000000000000000000000000000000000000000000000000"
		 "000",
		 "length-beyond", "permerror"},
		{"80 digits",
		 TAGS
		 "; l=1000000000000000000000000000000000000000000000000000000000000000000000000"
		 "0000000",
		 "length", "permerror"},
		{"negative", TAGS "; l=-1", "length", "permerror"},
		{"empty", TAGS "; l=", "length", "permerror"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_14_times(void **state)
{
	/* now is 1795392000 and clocks may differ by 300 s */
	static const struct row rows[] = {
		{"expired", TAGS "; x=1795391699", "expired", "neutral"},
		{"expired within skew", TAGS "; x=1795391700", "ok", "pass"},
		{"future", TAGS "; t=1795392301", "future", "neutral"},
		{"future within skew", TAGS "; t=1795392300", "ok", "pass"},
		{"x before t", TAGS "; t=1795390000; x=1795389999", "expiry-before-time",
		 "permerror"},
		{"x is t", TAGS "; t=1795390000; x=1795390000", "expiry-before-time", "permerror"},
		{"13 digits", TAGS "; t=1795390000000", "time", "permerror"},
		{"no number", TAGS "; x=soon", "time", "permerror"},
		{"empty", TAGS "; t=", "time", "permerror"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_15_from_not_signed(void **state)
{
	static const struct row rows[] = {
		{"no from", " v=1; a=ed25519-sha256; d=x.example; s=s1; h=to:subject",
		 "from-unsigned", "permerror"},
		{"empty name", " v=1; a=ed25519-sha256; d=x.example; s=s1; h=from::to", "syntax",
		 "permerror"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_16_identity(void **state)
{
	static const struct row rows[] = {
		{"outside", TAGS "; i=@y.example", "identity", "permerror"},
		{"above", TAGS "; i=@example", "identity", "permerror"},
		{"suffix look-alike", TAGS "; i=@evilx.example", "identity", "permerror"},
		{"encoded outside", TAGS "; i=a=40x.example@y.example", "identity", "permerror"},
		{"no at sign", TAGS "; i=x.example", "identity", "permerror"},
		{"broken encoding", TAGS "; i=a=4@x.example", "identity", "permerror"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_17_algorithms(void **state)
{
	static const struct row rows[] = {
		{"sha1", " v=1; a=rsa-sha1; d=x.example; s=s1; h=from", "sha1", "permerror"},
		{"unknown", " v=1; a=rsa-md5; d=x.example; s=s1; h=from", "algorithm", "permerror"},
		{"case", " v=1; a=RSA-SHA256; d=x.example; s=s1; h=from", "algorithm", "permerror"},
		{"forms", TAGS "; c=relaxed/future", "duplicate-tag", "permerror"},
		{"unknown form", " v=1; a=ed25519-sha256; c=nofws; d=x.example; s=s1; h=from",
		 "canonicalization", "permerror"},
		{"query", TAGS "; q=http", "query", "permerror"},
		{"one known query", TAGS "; q=http:dns/txt", "ok", "pass"},
		{"rsa with an ed25519 key", " v=1; a=rsa-sha256; d=x.example; s=s1; h=from",
		 "key-type", "permerror"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_20_thousand_signatures(void **state)
{
	struct signer signer = new_signer();
	struct buffer text = buffer_new((size_t)1 << 20);
	struct span good = signer_sign(&signer, TAGS, SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	for (int i = 0; i < 990; i++) {
		buffer_printf(&text,
			      "DKIM-Signature: v=1; a=rsa-sha256; d=z%d.example; s=s; h=from; "
			      "bh=AAAA; b=AAAA\r\n",
			      i);
	}
	buffer_append(&text, good);
	const struct dkim_report *report = signer_verify(&signer, buffer_span(&text), NULL);
	assert_int_equal(report->verdict_count, MAIL_MAX_SIGNATURES);
	assert_int_equal(report->skipped_count, 991 - MAIL_MAX_SIGNATURES);
	/* the one in the author's domain is looked at, though it is the last */
	check_verdict("aligned", &report->verdicts[0], "pass", "ok");
	assert_true(world_asked_count(signer.world) <= MAIL_MAX_SIGNATURES);
	buffer_free(&text);
	signer_free(&signer);
}

static void test_hazard_21_long_h(void **state)
{
	struct signer signer = new_signer();
	struct buffer text = buffer_new((size_t)1 << 20);
	buffer_puts(&text, "DKIM-Signature: v=1; a=rsa-sha256; d=x.example; s=s1; bh=AAAA; b=AAAA; "
			   "h=from");
	for (int i = 0; i < 20000; i++) {
		buffer_puts(&text, ":subject");
	}
	buffer_puts(&text, "\r\n" HEADER "\r\n" BODY);
	const struct dkim_report *report = signer_verify(&signer, buffer_span(&text), NULL);
	check_verdict("long h=", &report->verdicts[0], "permerror", "names-limit");
	buffer_free(&text);
	signer_free(&signer);
}

static void test_hazard_22_tags(void **state)
{
	static const struct row rows[] = {
		{"duplicate", TAGS "; d=y.example", "duplicate-tag", "permerror"},
		{"version 2", " v=2; a=ed25519-sha256; d=x.example; s=s1; h=from", "version",
		 "permerror"},
		{"no version", " a=ed25519-sha256; d=x.example; s=s1; h=from", "missing-tag",
		 "permerror"},
		{"no selector", " v=1; a=ed25519-sha256; d=x.example; h=from", "missing-tag",
		 "permerror"},
		{"no equals", TAGS "; what", "syntax", "permerror"},
		{"tag name", TAGS "; 1x=y", "syntax", "permerror"},
		{"empty tag", TAGS ";; z=1", "syntax", "permerror"},
	};
	CHECK(rows, BODY_HASH_WHOLE);
}

static void test_hazard_22_key_version(void **state)
{
	struct signer signer = signer_new();
	struct buffer record = buffer_new(1000);
	struct span rest = span_from(signer.record, sizeof("v=DKIM1; ") - 1);
	buffer_printf(&record, "%.*s; v=DKIM1", SPAN_ARG(rest));
	signer_publish(&signer, "s1._domainkey.x.example", buffer_span(&record));
	struct row row = {"v= last in the key", TAGS, "key-syntax", "permerror"};
	check_row(&signer, &row, BODY_HASH_WHOLE);
	buffer_free(&record);
	signer_free(&signer);
}

static void test_hazard_23_broken_beside_good(void **state)
{
	struct signer signer = new_signer();
	struct buffer text = buffer_new(10000);
	buffer_puts(&text, "DKIM-Signature: nonsense\r\n");
	buffer_append(&text, signer_sign(&signer, TAGS, SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE));
	const struct dkim_report *report = signer_verify(&signer, buffer_span(&text), NULL);
	assert_int_equal(report->verdict_count, 2);
	check_verdict("good", &report->verdicts[0], "pass", "ok");
	check_verdict("broken", &report->verdicts[1], "permerror", "syntax");
	buffer_free(&text);
	signer_free(&signer);
}

/* count records that are keys but not ours, ours among them at place at. */
static void check_several_keys(size_t count, size_t at, const char *reason)
{
	struct signer signer = signer_new();
	struct span other =
		SPAN("v=DKIM1; k=ed25519; p=A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMb");
	for (size_t i = 0; i < count; i++) {
		struct span record =
			arena_printf(signer.arena, "%.*s%c=", SPAN_ARG(other), (int)('a' + (int)i));
		signer_publish(&signer, "s1._domainkey.x.example",
			       i == at ? signer.record : record);
	}
	struct span text = signer_sign(&signer, TAGS, SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	const struct dkim_verdict *verdict = signer_verify(&signer, text, NULL)->verdicts;
	assert_row_span("reason", span_of_string(dkim_reason_name(verdict->reason)),
			span_of_string(reason));
	assert_int_equal(verdict->key.record_count, count);
	assert_true(verdict->key.key_count <= DKIM_MAX_KEYS);
	signer_free(&signer);
}

static void test_hazard_24_several_keys(void **state)
{
	check_several_keys(2, 1, "ok");
	check_several_keys(4, 3, "ok");
	check_several_keys(20, 19, "signature");
	check_several_keys(20, 0, "ok");
}

static void test_hazard_25_key_records(void **state)
{
	static const struct {
		const char *row;
		struct span record;
		const char *reason;
		const char *result;
	} rows[] = {
		{"revoked", SPAN_INIT("v=DKIM1; k=ed25519; p="), "key-revoked", "permerror"},
		{"type", SPAN_INIT("v=DKIM1; k=rsa; p=AAAA"), "key-type", "permerror"},
		{"unknown type", SPAN_INIT("v=DKIM1; k=dsa; p=AAAA"), "key-type", "permerror"},
		{"hash", SPAN_INIT("v=DKIM1; k=ed25519; h=sha1; p=AAAA"), "key-hash", "permerror"},
		{"service", SPAN_INIT("v=DKIM1; k=ed25519; s=tlsrpt; p=AAAA"), "key-service",
		 "permerror"},
		{"length", SPAN_INIT("v=DKIM1; k=ed25519; p=AAAA"), "key-syntax", "permerror"},
		{"base64", SPAN_INIT("v=DKIM1; k=ed25519; p=*"), "key-syntax", "permerror"},
		{"other text", SPAN_INIT("v=spf1 -all"), "key-none", "permerror"},
		{"another key",
		 SPAN_INIT("v=DKIM1; k=ed25519; p=A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="),
		 "signature", "fail"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signer signer = signer_new();
		struct row row = {rows[i].row, TAGS, rows[i].reason, rows[i].result};
		signer_publish(&signer, "s1._domainkey.x.example", rows[i].record);
		check_row(&signer, &row, BODY_HASH_WHOLE);
		signer_free(&signer);
	}
}

static void test_hazard_25_missing_key_is_not_a_fault(void **state)
{
	static const struct {
		const char *line;
		const char *reason;
		const char *result;
	} rows[] = {
		{"", "key-missing", "permerror"},
		{"s1._domainkey.x.example. A 192.0.2.1", "key-missing", "permerror"},
		{"s1._domainkey.x.example. TXT !servfail", "key-unavailable", "temperror"},
		{"s1._domainkey.x.example. TXT !timeout", "key-unavailable", "temperror"},
		{"s1._domainkey.x.example. TXT !bogus", "key-unavailable", "temperror"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signer signer = signer_new();
		struct row row = {rows[i].line, TAGS, rows[i].reason, rows[i].result};
		assert_true(world_add_line(signer.world, span_of_string(rows[i].line), NULL));
		check_row(&signer, &row, BODY_HASH_WHOLE);
		signer_free(&signer);
	}
}

static void test_hazard_16_key_with_strict_identity(void **state)
{
	struct signer signer = signer_new();
	struct buffer record = buffer_new(1000);
	buffer_printf(&record, "%.*s; t=s:y", SPAN_ARG(signer.record));
	signer_publish(&signer, "s1._domainkey.x.example", buffer_span(&record));
	struct row below = {"below", TAGS "; i=@mail.x.example", "key-identity", "permerror"};
	struct row exact = {"exact", TAGS "; i=@x.example", "ok", "pass"};
	check_row(&signer, &below, BODY_HASH_WHOLE);
	check_row(&signer, &exact, BODY_HASH_WHOLE);
	struct span text = signer_sign(&signer, TAGS, SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	assert_true(signer_verify(&signer, text, NULL)->verdicts[0].is_testing);
	buffer_free(&record);
	signer_free(&signer);
}

static const struct dkim_unsigned_field *find_unsigned(const struct dkim_surface *surface,
						       const char *name)
{
	for (size_t i = 0; i < surface->field_count; i++) {
		if (span_equal(surface->fields[i].name, span_of_string(name))) {
			return &surface->fields[i];
		}
	}
	return NULL;
}

static void test_hazard_26_added_headers(void **state)
{
	struct signer signer = new_signer();
	struct buffer text = buffer_new(10000);
	const char *tags = " v=1; a=ed25519-sha256; c=relaxed/relaxed; d=x.example; s=s1; "
			   "h=from:from:to:subject";
	struct span good = signer_sign(&signer, tags, SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	buffer_puts(&text, "Subject: added\r\nContent-Type: text/html\r\n");
	buffer_append(&text, good);
	const struct dkim_verdict *verdict =
		signer_verify(&signer, buffer_span(&text), NULL)->verdicts;
	check_verdict("added subject", verdict, "pass", "ok");
	assert_null(find_unsigned(&verdict->surface, "From"));
	assert_int_equal(find_unsigned(&verdict->surface, "Subject")->unsigned_count, 1);
	assert_int_equal(find_unsigned(&verdict->surface, "Content-Type")->unsigned_count, 1);
	assert_int_equal(find_unsigned(&verdict->surface, "To")->unsigned_count, 0);
	assert_int_equal(find_unsigned(&verdict->surface, "Date")->unsigned_count, 0);
	buffer_clear(&text);
	buffer_puts(&text, "From: <ceo@bank.example>\r\n");
	buffer_append(&text, good);
	verdict = signer_verify(&signer, buffer_span(&text), NULL)->verdicts;
	check_verdict("added From", verdict, "fail", "signature");
	buffer_free(&text);
	signer_free(&signer);
}

static void test_hazard_27_replay(void **state)
{
	struct signer signer = new_signer();
	struct span text = signer_sign(&signer,
				       " v=1; a=ed25519-sha256; d=x.example; s=s1; h=from; "
				       "t=1795391000",
				       SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	const struct dkim_surface *surface =
		&signer_verify(&signer, text, NULL)->verdicts[0].surface;
	assert_true(surface->has_age);
	assert_int_equal(surface->age_s, 1000);
	assert_true(surface->never_expires);
	assert_true(surface->leaves_recipient);
	text = signer_sign(&signer, TAGS "; x=1795399999", SPAN(HEADER), SPAN(BODY),
			   BODY_HASH_WHOLE);
	surface = &signer_verify(&signer, text, NULL)->verdicts[0].surface;
	assert_false(surface->never_expires);
	assert_false(surface->leaves_recipient);
	signer_free(&signer);
}

static void test_changed_message(void **state)
{
	struct signer signer = new_signer();
	struct span text = signer_sign(&signer, TAGS, SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	struct buffer changed = buffer_new(10000);
	buffer_append(&changed, text);
	changed.data[changed.len - 3] = 'X';
	check_verdict("body", signer_verify(&signer, buffer_span(&changed), NULL)->verdicts, "fail",
		      "body-hash");
	buffer_clear(&changed);
	buffer_append(&changed, text);
	changed.data[span_search(text, SPAN("lunch"))] = 'p';
	check_verdict("header", signer_verify(&signer, buffer_span(&changed), NULL)->verdicts,
		      "fail", "signature");
	buffer_free(&changed);
	signer_free(&signer);
}

static void test_hazard_46_international_domain(void **state)
{
	struct signer signer = signer_new();
	signer_publish(&signer, "s1._domainkey.xn--bcher-kva.example", signer.record);
	struct row good = {"U-label",
			   " v=1; a=ed25519-sha256; d=b\xc3\xbc"
			   "cher.example; s=s1; h=from; i=\xc3\xa4@b\xc3\xbc"
			   "cher.example",
			   "ok", "pass"};
	struct row bad = {"bad punycode", " v=1; a=ed25519-sha256; d=b\xff.example; s=s1; h=from",
			  "domain", "permerror"};
	check_row(&signer, &good, BODY_HASH_WHOLE);
	check_row(&signer, &bad, BODY_HASH_WHOLE);
	signer_free(&signer);
}

static void test_hazard_62_single_label(void **state)
{
	struct signer signer = signer_new();
	signer_publish(&signer, "s1._domainkey.example", signer.record);
	struct span text = signer_sign(&signer, " v=1; a=ed25519-sha256; d=example; s=s1; h=from",
				       SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	const struct dkim_verdict *verdict = signer_verify(&signer, text, NULL)->verdicts;
	check_verdict("single label", verdict, "pass", "ok");
	assert_true(verdict->is_single_label);
	signer_free(&signer);
}

static void test_dkim2_is_recognised(void **state)
{
	struct signer signer = new_signer();
	struct span text = SPAN("DKIM2-Signature: i=1; d=x.example\r\nFrom: a@x.example\r\n\r\n");
	const struct dkim_report *report = signer_verify(&signer, text, NULL);
	assert_int_equal(report->dkim2_count, 1);
	assert_int_equal(report->verdict_count, 0);
	signer_free(&signer);
}

static void test_rsa_with_cache(void **state)
{
	struct signer signer = signer_new();
	struct buffer record = buffer_new(10000);
	private_key_free(signer.key);
	assert_int_equal(private_key_generate(KEY_RSA, 1024, &signer.key, NULL), 0);
	assert_int_equal(sign_key_record(signer.key, &record, NULL), 0);
	signer_publish(&signer, "s1._domainkey.x.example", buffer_span(&record));
	signer.options.key.cache = key_cache_new(1);
	struct row row = {"rsa", " v=1; a=rsa-sha256; d=x.example; s=s1; h=from", "ok", "pass"};
	check_row(&signer, &row, BODY_HASH_WHOLE);
	check_row(&signer, &row, BODY_HASH_WHOLE);
	key_cache_free(signer.options.key.cache);
	buffer_free(&record);
	signer_free(&signer);
}

static void test_own_signature(void **state)
{
	struct signer signer = new_signer();
	struct mail_reader *reader = mail_reader_new(signer.arena, &signer.mail_options);
	struct buffer text = buffer_new(10000);
	mail_reader_feed(reader, SPAN(HEADER "\r\n" BODY));
	const struct mail *mail = mail_reader_end(reader);
	struct sign_request request = {
		.key = signer.key,
		.domain = SPAN("x.example"),
		.selector = SPAN("s1"),
		.names = sign_default_names(signer.arena, &mail->message->header),
		.time = SIGNER_NOW,
		.expiry = SIGNER_NOW + 86400,
	};
	assert_int_equal(sign_dkim(signer.arena, mail, &request, &text, NULL), 0);
	mail_reader_close(reader);
	buffer_puts(&text, HEADER "\r\n" BODY);
	const struct dkim_verdict *verdict =
		signer_verify(&signer, buffer_span(&text), NULL)->verdicts;
	check_verdict("our own", verdict, "pass", "ok");
	assert_null(find_unsigned(&verdict->surface, "From"));
	assert_null(find_unsigned(&verdict->surface, "Subject"));
	buffer_free(&text);
	signer_free(&signer);
}

static void test_hazard_60_every_allocation(void **state)
{
	struct signer signer = new_signer();
	struct span text = signer_sign(&signer, TAGS, SPAN(HEADER), SPAN(BODY), BODY_HASH_WHOLE);
	struct arena *kept = signer.arena;
	const struct dkim_report *report = NULL;
	for (size_t successes = 0; successes < 10000 && report == NULL; successes++) {
		signer.arena = arena_new(SIGNER_ARENA_BYTES);
		arena_fail_after(signer.arena, successes);
		report = signer_verify(&signer, text, NULL);
		if (report != NULL) {
			assert_false(arena_has_failed(signer.arena));
			check_verdict("enough memory", report->verdicts, "pass", "ok");
		}
		arena_free(signer.arena);
	}
	assert_non_null(report);
	signer.arena = kept;
	signer_free(&signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_hazard_6_nul_in_selector),
		cmocka_unit_test(test_hazard_7_domains),
		cmocka_unit_test(test_hazard_12_l_shorter_than_body),
		cmocka_unit_test(test_hazard_12_l_zero_and_whole),
		cmocka_unit_test(test_hazard_13_l_longer_than_body),
		cmocka_unit_test(test_hazard_14_times),
		cmocka_unit_test(test_hazard_15_from_not_signed),
		cmocka_unit_test(test_hazard_16_identity),
		cmocka_unit_test(test_hazard_16_key_with_strict_identity),
		cmocka_unit_test(test_hazard_17_algorithms),
		cmocka_unit_test(test_hazard_20_thousand_signatures),
		cmocka_unit_test(test_hazard_21_long_h),
		cmocka_unit_test(test_hazard_22_tags),
		cmocka_unit_test(test_hazard_22_key_version),
		cmocka_unit_test(test_hazard_23_broken_beside_good),
		cmocka_unit_test(test_hazard_24_several_keys),
		cmocka_unit_test(test_hazard_25_key_records),
		cmocka_unit_test(test_hazard_25_missing_key_is_not_a_fault),
		cmocka_unit_test(test_hazard_26_added_headers),
		cmocka_unit_test(test_hazard_27_replay),
		cmocka_unit_test(test_changed_message),
		cmocka_unit_test(test_hazard_46_international_domain),
		cmocka_unit_test(test_hazard_62_single_label),
		cmocka_unit_test(test_dkim2_is_recognised),
		cmocka_unit_test(test_rsa_with_cache),
		cmocka_unit_test(test_own_signature),
		cmocka_unit_test(test_hazard_60_every_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
