/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* ARC chains of our own making, whole and broken. */
#include "unit.h"

#include "authenticate/signer.h"

#define LETTER                                                                                     \
	"From: Ann <a@x.example>\r\nTo: Bo <b@y.example>\r\nSubject: lunch\r\n\r\nHello Bo\r\n"

/* The three fields of one more set on top of the text, or the text as it is when sealing ends. */
static struct span seal(struct signer *signer, struct span text, bool *ret_is_sealed)
{
	static const struct span names[] = {SPAN_INIT("from"), SPAN_INIT("subject")};
	const struct arc_report *chain = NULL;
	struct mail_reader *reader = mail_reader_new(signer->arena, &signer->mail_options);
	struct buffer sealed = buffer_new((size_t)1 << 20);
	struct sign_request request = {
		.key = signer->key,
		.domain = SPAN("x.example"),
		.selector = SPAN("s1"),
		.names = {names, 2},
		.time = SIGNER_NOW,
	};
	assert_non_null(signer_verify(signer, text, &chain));
	mail_reader_feed(reader, text);
	const struct mail *mail = mail_reader_end(reader);
	assert_int_equal(sign_arc(signer->arena, mail, chain, SPAN("mx.example; none"), &request,
				  &sealed, ret_is_sealed, NULL),
			 0);
	mail_reader_close(reader);
	buffer_append(&sealed, text);
	struct span copy = arena_copy(signer->arena, buffer_span(&sealed));
	buffer_free(&sealed);
	return copy;
}

static struct span seal_times(struct signer *signer, int count)
{
	struct span text = SPAN(LETTER);
	for (int i = 0; i < count; i++) {
		bool is_sealed = false;
		text = seal(signer, text, &is_sealed);
		assert_true(is_sealed);
	}
	return text;
}

static struct signer new_signer(void)
{
	struct signer signer = signer_new();
	signer_publish(&signer, "s1._domainkey.x.example", signer.record);
	return signer;
}

static void check_chain(struct signer *signer, struct span text, const char *status,
			const char *reason, unsigned instance)
{
	const struct arc_report *chain = NULL;
	assert_non_null(signer_verify(signer, text, &chain));
	assert_row_span(reason, span_of_string(arc_status_name(chain->status)),
			span_of_string(status));
	assert_row_span(reason, span_of_string(arc_reason_name(chain->reason)),
			span_of_string(reason));
	assert_row_int(reason, chain->instance, instance);
}

/* The text with the first occurrence of one octet sequence replaced by one of the same length. */
static struct span replaced(struct signer *signer, struct span text, struct span from,
			    struct span to)
{
	size_t at = span_search(text, from);
	assert_true(at < text.len && from.len == to.len);
	struct buffer changed = buffer_new((size_t)1 << 20);
	buffer_append(&changed, text);
	memcpy(changed.data + at, to.ptr, to.len);
	struct span copy = arena_copy(signer->arena, buffer_span(&changed));
	buffer_free(&changed);
	return copy;
}

static void test_chains_that_hold(void **state)
{
	struct signer signer = new_signer();
	check_chain(&signer, SPAN(LETTER), "none", "ok", 0);
	check_chain(&signer, seal_times(&signer, 1), "pass", "ok", 0);
	check_chain(&signer, seal_times(&signer, 3), "pass", "ok", 0);
	signer_free(&signer);
}

static void test_changes(void **state)
{
	struct signer signer = new_signer();
	struct span text = seal_times(&signer, 3);
	check_chain(&signer, replaced(&signer, text, SPAN("Hello"), SPAN("Hallo")), "fail",
		    "message-signature", 3);
	check_chain(&signer, replaced(&signer, text, SPAN("i=2; mx"), SPAN("i=2; my")), "fail",
		    "seal", 3);
	check_chain(&signer, replaced(&signer, text, SPAN("i=1; mx"), SPAN("i=3; mx")), "fail",
		    "duplicate", 3);
	check_chain(&signer, replaced(&signer, text, SPAN("cv=pass"), SPAN("cv=fail")), "fail",
		    "chain-failed", 3);
	check_chain(&signer, replaced(&signer, text, SPAN("cv=pass"), SPAN("cv=none")), "fail",
		    "chain-value", 3);
	check_chain(&signer, replaced(&signer, text, SPAN("cv=none"), SPAN("cv=pass")), "fail",
		    "chain-value", 1);
	signer_free(&signer);
}

static void test_failed_chain_is_sealed_once(void **state)
{
	struct signer signer = new_signer();
	struct span text = replaced(&signer, seal_times(&signer, 1), SPAN("Hello"), SPAN("Hallo"));
	bool is_sealed = false;
	text = seal(&signer, text, &is_sealed);
	assert_true(is_sealed);
	check_chain(&signer, text, "fail", "chain-failed", 2);
	(void)seal(&signer, text, &is_sealed);
	assert_false(is_sealed);
	signer_free(&signer);
}

static void test_unknown_key_is_told_apart(void **state)
{
	struct signer signer = new_signer();
	const struct arc_report *chain = NULL;
	struct span text = seal_times(&signer, 1);
	struct fact_key key = {FACT_DNS, RR_TXT, SPAN("s1._domainkey.x.example")};
	world_fail_key(signer.world, key, FACT_FAILURE_SERVFAIL);
	assert_non_null(signer_verify(&signer, text, &chain));
	assert_int_equal(chain->status, ARC_FAIL);
	assert_true(chain->is_unknown);
	assert_int_equal(chain->message_reason, DKIM_REASON_KEY_UNAVAILABLE);
	signer_free(&signer);
}

static void test_hazard_58_fifty_sets(void **state)
{
	struct signer signer = new_signer();
	/* each set is made from a whole reading of the message */
	arena_free(signer.arena);
	signer.arena = arena_new((size_t)256 << 20);
	struct span text = seal_times(&signer, ARC_MAX_INSTANCE);
	bool is_sealed = true;
	check_chain(&signer, text, "pass", "ok", 0);
	(void)seal(&signer, text, &is_sealed);
	assert_false(is_sealed);
	signer_free(&signer);
}

static struct span set_text(struct signer *signer, const char *results, const char *message,
			    const char *seal_instance, const char *chain)
{
	return arena_printf(
		signer->arena,
		"ARC-Seal: a=rsa-sha256; cv=%s; d=x.example; i=%s; s=s1; b=AAAA\r\n"
		"ARC-Message-Signature: a=rsa-sha256; d=x.example; i=%s; s=s1; h=from; bh=AAAA; "
		"b=AAAA\r\n"
		"ARC-Authentication-Results: i=%s; mx.example; none\r\n",
		chain, seal_instance, message, results);
}

static void test_hazard_58_structure(void **state)
{
	static const struct {
		const char *results;
		const char *message;
		const char *seal;
		const char *chain;
		const char *reason;
		unsigned instance;
	} rows[] = {
		{"51", "51", "51", "none", "instance", 0},
		{"0", "0", "0", "none", "instance", 0},
		{"", "1", "1", "none", "instance", 0},
		{"2", "2", "2", "pass", "missing", 1},
		{"1", "1", "2", "none", "missing", 1},
		{"1", "1", "1", "pass", "chain-value", 1},
		{"1", "1", "1", "what", "seal", 1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct signer signer = new_signer();
		struct buffer text = buffer_new(10000);
		buffer_append(&text, set_text(&signer, rows[i].results, rows[i].message,
					      rows[i].seal, rows[i].chain));
		buffer_puts(&text, LETTER);
		check_chain(&signer, buffer_span(&text), "fail", rows[i].reason, rows[i].instance);
		assert_int_equal(world_asked_count(signer.world), 0);
		buffer_free(&text);
		signer_free(&signer);
	}
}

static void test_hazard_58_ten_thousand_sets(void **state)
{
	struct signer signer = new_signer();
	struct buffer text = buffer_new((size_t)8 << 20);
	const struct arc_report *chain = NULL;
	struct span set = set_text(&signer, "1", "1", "1", "none");
	for (int i = 0; i < 10000; i++) {
		buffer_append(&text, set);
	}
	buffer_puts(&text, LETTER);
	assert_non_null(signer_verify(&signer, buffer_span(&text), &chain));
	assert_int_equal(chain->status, ARC_FAIL);
	assert_int_equal(world_asked_count(signer.world), 0);
	buffer_free(&text);
	signer_free(&signer);
}

static void test_hazard_32_questions(void **state)
{
	struct signer signer = new_signer();
	struct buffer text = buffer_new((size_t)1 << 20);
	for (int i = 0; i < 500; i++) {
		buffer_printf(&text,
			      "DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=s; h=from; "
			      "bh=AAAA; b=AAAA\r\n",
			      i);
	}
	for (int i = 1; i <= ARC_MAX_INSTANCE; i++) {
		buffer_printf(&text,
			      "ARC-Seal: a=rsa-sha256; cv=%s; d=e%d.example; i=%d; s=s; b=AAAA\r\n"
			      "ARC-Message-Signature: a=rsa-sha256; d=f%d.example; i=%d; s=s; "
			      "h=from; bh=AAAA; b=AAAA\r\n"
			      "ARC-Authentication-Results: i=%d; mx.example; none\r\n",
			      i == 1 ? "none" : "pass", i, i, i, i, i);
	}
	buffer_puts(&text, LETTER);
	assert_non_null(signer_verify(&signer, buffer_span(&text), NULL));
	assert_int_equal(world_asked_count(signer.world), MAIL_MAX_SIGNATURES + ARC_MAX_QUESTIONS);
	buffer_free(&text);
	signer_free(&signer);
}

static void test_hazard_60_every_allocation(void **state)
{
	struct signer signer = new_signer();
	struct span text = seal_times(&signer, 2);
	struct arena *kept = signer.arena;
	const struct dkim_report *report = NULL;
	for (size_t successes = 0; successes < 10000 && report == NULL; successes++) {
		signer.arena = arena_new(SIGNER_ARENA_BYTES);
		arena_fail_after(signer.arena, successes);
		report = signer_verify(&signer, text, NULL);
		assert_true(report == NULL || !arena_has_failed(signer.arena));
		arena_free(signer.arena);
	}
	assert_non_null(report);
	signer.arena = kept;
	signer_free(&signer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains_that_hold),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_failed_chain_is_sealed_once),
		cmocka_unit_test(test_unknown_key_is_told_apart),
		cmocka_unit_test(test_hazard_58_fifty_sets),
		cmocka_unit_test(test_hazard_58_structure),
		cmocka_unit_test(test_hazard_58_ten_thousand_sets),
		cmocka_unit_test(test_hazard_32_questions),
		cmocka_unit_test(test_hazard_60_every_allocation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
