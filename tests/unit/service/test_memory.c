/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Hazard 60 for whole runs: every single allocation of verify, sign, spoof and the library fails
 * once. A run then says that memory is out, or gives the very result it gives otherwise; nothing
 * leaks (the sanitizers look). The linker hands every allocation of ours to this file: those of
 * arenas, which also stand for limits that are reached, and those of malloc.
 */
#include "discovery/judged.h"

#include <mailseal/mailseal.h>
#include <stdio.h>
#include <stdlib.h>

#include "guide/providers.h"
#include "present/message.h"
#include "present/spoof.h"
#include "records/txt.h"
#include "service/sign.h"
#include "service/spoof.h"
#include "service/verify.h"

#define OUTPUT_MAX ((size_t)16 << 20)
#define ROWS_MAX ((size_t)16 << 20)

/* --- injection --- */

static struct {
	size_t victim; /* the allocation that fails, from 1; 0 for none */
	size_t count;  /* so far */
	bool is_counting;
} injection;

static bool is_victim(void)
{
	return injection.is_counting && ++injection.count == injection.victim;
}

/* Names the linker's --wrap asks for. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_arena_alloc(struct arena *arena, size_t size);
struct span __real_arena_copy(struct arena *arena, struct span s);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t size);
struct span __wrap_arena_copy(struct arena *arena, struct span s);
struct span __wrap_arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

void *__wrap_malloc(size_t size)
{
	return is_victim() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_victim() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
	return is_victim() ? NULL : __real_realloc(block, size);
}

void *__wrap_arena_alloc(struct arena *arena, size_t size)
{
	if (!is_victim()) {
		return __real_arena_alloc(arena, size);
	}
	arena_fail_after(arena, 0);
	void *result = __real_arena_alloc(arena, size);
	arena_fail_after(arena, SIZE_MAX);
	return result;
}

struct span __wrap_arena_copy(struct arena *arena, struct span s)
{
	if (!is_victim()) {
		return __real_arena_copy(arena, s);
	}
	arena_fail_after(arena, 0);
	struct span result = __real_arena_copy(arena, s);
	arena_fail_after(arena, SIZE_MAX);
	return result;
}

struct span __wrap_arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = __real_malloc((size_t)len + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	struct span result = __wrap_arena_copy(arena, span_of(text, (size_t)len));
	free(text);
	return result;
}

/* --- the loop --- */

struct scenario {
	const char *name;
	/* Appends the result; negative when something failed. */
	int (*run)(const void *context, struct buffer *output);
	const void *context;
	size_t least; /* allocations it must have, or the test tests nothing */
};

static int run_with_victim(const struct scenario *scenario, size_t victim, struct buffer *output)
{
	buffer_clear(output);
	injection.victim = victim;
	injection.count = 0;
	injection.is_counting = true;
	int r = scenario->run(scenario->context, output);
	injection.is_counting = false;
	return r;
}

/* The same, or it says of a signature that memory was out, or of ARC that it is not known. */
static bool is_as_expected(struct span output, struct span expected)
{
	return span_equal(output, expected) ||
	       span_search(output, SPAN("\"reason\":\"memory\"")) < output.len ||
	       span_search(output, SPAN("\"undetermined\":true")) < output.len;
}

static void walk(const struct scenario *scenario)
{
	struct buffer expected = buffer_new(OUTPUT_MAX);
	struct buffer output = buffer_new(OUTPUT_MAX);
	assert_row_int(scenario->name, run_with_victim(scenario, 0, &expected), 0);
	size_t total = injection.count;
	assert_true(expected.len > 0);
	if (total < scenario->least) {
		fail_msg("%s: only %zu allocations", scenario->name, total);
	}
	for (size_t victim = 1; victim <= total; victim++) {
		int r = run_with_victim(scenario, victim, &output);
		if (r == 0 && !is_as_expected(buffer_span(&output), buffer_span(&expected))) {
			fail_msg("%s: allocation %zu of %zu changed the result to: %.*s",
				 scenario->name, victim, total, SPAN_ARG(buffer_span(&output)));
		}
		if (r != 0 && r != FAILURE_MEMORY) {
			fail_msg("%s: allocation %zu of %zu gave %d", scenario->name, victim, total,
				 r);
		}
	}
	print_message("%s: %zu allocations\n", scenario->name, total);
	buffer_free(&expected);
	buffer_free(&output);
}

/* --- worlds: asked once, then answered from what was learnt --- */

struct known_source {
	struct fact_source source; /* first: answer() casts back */
	const struct facts *known;
};

static int answer_known(struct fact_source *source, const struct wants *wants, struct facts *facts,
			struct failure *reterr)
{
	const struct known_source *known = (const struct known_source *)source;
	for (size_t i = 0; i < wants_count(wants); i++) {
		const struct fact *fact = facts_get(known->known, wants_at(wants, i));
		int r = fact != NULL ? facts_add(facts, fact, reterr) : 0;
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static struct public_suffix_list *suffixes;
static struct provider_table *providers;

/* --- verify --- */

struct mail_context {
	struct span text;
	struct envelope envelope;
	struct facts *known;
};

static int present(const struct message_check *check, struct buffer *output)
{
	struct arena *arena = arena_new(ROWS_MAX);
	if (arena == NULL) {
		return FAILURE_MEMORY;
	}
	struct message_result result = {SPAN("x"), check, arena, WORLD_NOW, SPAN("mx.example")};
	struct terminal_style style = {.width = 80, .is_verbose = true};
	struct json_writer json = json_writer_new(output, 0);
	present_json_message(&result, &json);
	present_terminal_message(&result, &style, output);
	present_html_message(&result, output);
	bool is_ok = !output->is_failed && !arena_has_failed(arena);
	arena_free(arena);
	return is_ok ? 0 : FAILURE_MEMORY;
}

static int verify_with(const struct mail_context *c, struct facts *facts,
		       struct fact_source *source, struct buffer *output)
{
	struct failure failure;
	struct verification *v = verification_new(LINE_ENDS_CRLF);
	if (v == NULL) {
		return FAILURE_MEMORY;
	}
	const struct message *message;
	const struct message_check *check;
	struct message_check_options options = {
		.now = WORLD_NOW,
		.receiver = SPAN("mx.example"),
		.suffixes = suffixes,
		.selects_bimi = true,
	};
	verification_feed(v, c->text);
	int r = verification_end(v, &message, &failure);
	if (r == 0) {
		r = verification_run(v, &c->envelope, &options, facts, source, &check, &failure);
	}
	if (r == 0) {
		r = present(check, output);
	}
	verification_free(v);
	return r;
}

static int run_verify(const void *context, struct buffer *output)
{
	const struct mail_context *c = context;
	struct known_source source = {{answer_known}, c->known};
	struct facts *facts = facts_new(1);
	if (facts == NULL) {
		return FAILURE_MEMORY;
	}
	int r = verify_with(c, facts, &source.source, output);
	facts_free(facts);
	return r;
}

/* --- making messages --- */

#define PLAIN                                                                                      \
	"From: Jo <jo@example.org>\r\n"                                                            \
	"To: you@example.net\r\n"                                                                  \
	"Subject: =?utf-8?q?hello?=\r\n"                                                           \
	"MIME-Version: 1.0\r\n"                                                                    \
	"\r\n"                                                                                     \
	"Hello.\r\n"

static const char mail_world[] =
	"example.org. TXT \"v=spf1 include:spf.example.net exists:%{l}.%{i}.x.example.org a mx "
	"exp=exp.example.org -all\"|"
	"spf.example.net. TXT \"v=spf1 ip4:192.0.2.0/24 -all\"|"
	"example.org. MX 10 mx.example.org.|"
	"mx.example.org. A 198.51.100.1|"
	"exp.example.org. TXT \"%{i} may not send as %{s}\"|"
	"_dmarc.example.org. TXT \"v=DMARC1; p=reject\"|"
	"default._bimi.example.org. TXT \"v=BIMI1; l=https://example.org/logo.svg\"|"
	"_dmarc.other.example. TXT \"v=DMARC1; p=quarantine\"";

struct signer_key {
	struct private_key *key;
	const char *selector;
};

static struct signer_key keys[2];

/* Adds the keys' records. */
static struct world *new_world(const char *lines)
{
	struct judged judged = judged_new(lines);
	struct failure failure;
	for (size_t i = 0; i < 2; i++) {
		struct buffer line = buffer_new(4096);
		struct buffer record = buffer_new(4096);
		assert_int_equal(sign_key_record(keys[i].key, &record, &failure), 0);
		buffer_printf(&line, "%s._domainkey.example.org. TXT ", keys[i].selector);
		txt_write_presentation(buffer_span(&record), &line);
		assert_true(world_add_line(judged.world, buffer_span(&line), &failure));
		buffer_free(&line);
		buffer_free(&record);
	}
	struct world *world = judged.world;
	judged.world = NULL;
	judged_free(&judged);
	return world;
}

static struct signing signing_by(const struct signer_key *key)
{
	return (struct signing){
		.request = {.key = key->key,
			    .domain = SPAN("example.org"),
			    .selector = span_of_string(key->selector),
			    .time = WORLD_NOW},
		.id = SPAN("mx.example"),
	};
}

/* The message with a signature, or with a seal, on top. */
static struct span sign_text(struct arena *arena, struct world *world, struct span text,
			     const struct signer_key *key, bool is_seal)
{
	struct failure failure;
	struct facts *facts = facts_new(1);
	struct verification *v = verification_new_for_signing();
	struct buffer made = buffer_new(OUTPUT_MAX);
	struct signing signing = signing_by(key);
	struct envelope envelope = {0};
	struct message_check_options options = {.now = WORLD_NOW};
	const struct message *message;
	const struct message_check *check;
	bool is_sealed = true;
	verification_feed(v, text);
	assert_int_equal(verification_end(v, &message, &failure), 0);
	assert_int_equal(verification_run(v, &envelope, &options, facts, world_source(world),
					  &check, &failure),
			 0);
	assert_int_equal(
		is_seal ? signing_seal(arena, check, &signing, &made, &is_sealed, &failure)
			: signing_sign(arena, verification_mail(v), &signing, &made, &failure),
		0);
	assert_true(is_sealed);
	buffer_append(&made, text);
	struct span result = arena_copy(arena, buffer_span(&made));
	buffer_free(&made);
	verification_free(v);
	facts_free(facts);
	return result;
}

static struct envelope envelope_from(const char *client, const char *from)
{
	struct envelope envelope = {
		.has_client = true,
		.helo = SPAN("mail.example.org"),
		.has_mail_from = true,
		.mail_from = span_of_string(from),
	};
	assert_true(network_parse_address(span_of_string(client), &envelope.client));
	return envelope;
}

static void walk_message(const char *name, struct world *world, struct span text,
			 const char *client)
{
	struct buffer unused = buffer_new(OUTPUT_MAX);
	struct mail_context context = {
		.text = text,
		.envelope = envelope_from(client, "jo@example.org"),
		.known = facts_new(1),
	};
	assert_int_equal(verify_with(&context, context.known, world_source(world), &unused), 0);
	walk(&(struct scenario){name, run_verify, &context, 100});
	facts_free(context.known);
	buffer_free(&unused);
}

static void test_hazard_60_verify(void **state)
{
	(void)state;
	struct arena *arena = arena_new(OUTPUT_MAX);
	struct world *world = new_world(mail_world);
	struct span once = sign_text(arena, world, SPAN(PLAIN), &keys[0], /* is_seal: */ false);
	struct span twice = sign_text(arena, world, once, &keys[1], /* is_seal: */ false);
	struct span sealed = sign_text(arena, world, twice, &keys[1], /* is_seal: */ true);
	sealed = sign_text(arena, world, sealed, &keys[0], /* is_seal: */ true);
	walk_message("allowed by SPF", world, SPAN(PLAIN), "192.0.2.7");
	walk_message("refused by SPF, with its explanation", world, SPAN(PLAIN), "203.0.113.7");
	walk_message("signed twice", world, twice, "203.0.113.7");
	walk_message("sealed twice", world, sealed, "192.0.2.7");
	walk_message("a signature that is broken", world,
		     arena_printf(arena,
				  "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; "
				  "h=from; bh=AAAA; b=AAAA\r\n%.*sMore.\r\n",
				  SPAN_ARG(once)),
		     "203.0.113.7");
	walk_message("two authors", world,
		     SPAN("From: jo@example.org, \"a (b)\" <x@other.example>\r\n"
			  "From : group: y@third.example;\r\n\r\nHello.\r\n"),
		     "192.0.2.7");
	world_free(world);
	arena_free(arena);
}

/* --- sign --- */

static int run_sign(const void *context, struct buffer *output)
{
	const struct mail_context *c = context;
	struct failure failure;
	struct arena *arena = arena_new(OUTPUT_MAX);
	struct verification *v = verification_new_for_signing();
	struct known_source source = {{answer_known}, c->known};
	struct facts *facts = facts_new(1);
	struct signing signing = signing_by(&keys[0]);
	struct message_check_options options = {.now = WORLD_NOW};
	const struct message *message;
	const struct message_check *check;
	bool is_sealed;
	int r = arena == NULL || v == NULL || facts == NULL ? FAILURE_MEMORY : 0;
	if (r == 0) {
		verification_feed(v, c->text);
		r = verification_end(v, &message, &failure);
	}
	if (r == 0) {
		r = signing_sign(arena, verification_mail(v), &signing, output, &failure);
	}
	if (r == 0) {
		r = verification_run(v, &c->envelope, &options, facts, &source.source, &check,
				     &failure);
	}
	if (r == 0) {
		r = signing_seal(arena, check, &signing, output, &is_sealed, &failure);
	}
	facts_free(facts);
	verification_free(v);
	arena_free(arena);
	return r;
}

static void test_hazard_60_sign(void **state)
{
	(void)state;
	struct buffer unused = buffer_new(OUTPUT_MAX);
	struct world *world = new_world(mail_world);
	struct mail_context context = {
		.text = SPAN("From: jo@example.org\nTo: you@example.net\n\nHello.\n"),
		.known = facts_new(1),
	};
	assert_int_equal(verify_with(&context, context.known, world_source(world), &unused), 0);
	walk(&(struct scenario){"sign and seal", run_sign, &context, 100});
	facts_free(context.known);
	buffer_free(&unused);
	world_free(world);
}

/* --- spoof --- */

/* What was found; the messages hold keys made for the occasion and differ each time. */
static void write_findings(const struct spoof_report *report, struct buffer *output)
{
	for (size_t i = 0; i < SPOOF_VECTOR_COUNT; i++) {
		const struct spoof_finding *finding = &report->findings[i];
		buffer_printf(output, "%d %d %d;", (int)finding->vector, (int)finding->outcome,
			      finding->is_confirmed);
	}
}

static int spoof_with(struct facts *facts, struct fact_source *source, struct buffer *output)
{
	struct failure failure;
	struct spoof *spoof;
	struct spoof_options options = {
		.assess = {.now = WORLD_NOW, .suffixes = suffixes, .providers = providers},
		.source = source,
	};
	int r = spoof_domain(facts, SPAN("example.org"), &options, &spoof, &failure);
	if (r < 0) {
		return r;
	}
	struct buffer json_text = buffer_new(OUTPUT_MAX);
	struct json_writer json = json_writer_new(&json_text, 0);
	struct arena *arena = arena_new(ROWS_MAX);
	if (arena != NULL) {
		present_json_spoof(spoof_report(spoof), arena, &json);
	}
	write_findings(spoof_report(spoof), output);
	bool is_ok = arena != NULL && !arena_has_failed(arena) && !json_text.is_failed &&
		     !output->is_failed;
	arena_free(arena);
	buffer_free(&json_text);
	spoof_free(spoof);
	return is_ok ? 0 : FAILURE_MEMORY;
}

static int run_spoof(const void *context, struct buffer *output)
{
	struct known_source source = {{answer_known}, context};
	struct facts *facts = facts_new(1);
	if (facts == NULL) {
		return FAILURE_MEMORY;
	}
	int r = spoof_with(facts, &source.source, output);
	facts_free(facts);
	return r;
}

static void walk_domain(const char *name, const char *lines)
{
	struct judged judged = judged_new(lines);
	struct buffer unused = buffer_new(OUTPUT_MAX);
	assert_int_equal(spoof_with(judged.facts, world_source(judged.world), &unused), 0);
	walk(&(struct scenario){name, run_spoof, judged.facts, 1000});
	buffer_free(&unused);
	judged_free(&judged);
}

static void test_hazard_60_spoof(void **state)
{
	(void)state;
	walk_domain("a closed domain", "example.org. A 25.0.0.1|example.org. TXT \"v=spf1 -all\"|"
				       "_dmarc.example.org. TXT \"v=DMARC1; p=reject\"");
	/* no keys: to generate one for each allocation takes minutes */
	walk_domain("a shared provider, a takeover, a wide range and a subdomain",
		    "example.org. A 25.0.0.1|com. SOA a.gtld.example. b.gtld.example. 1 2 3 4 5|"
		    "example.org. TXT \"v=spf1 include:spf.protection.outlook.com "
		    "include:spf.gone-for-good.com ip4:25.0.0.0/8 ~all\"|"
		    "spf.protection.outlook.com. TXT \"v=spf1 ip4:40.92.0.0/20 -all\"|"
		    "mail.example.org. TXT \"v=spf1 +all\"|"
		    "_dmarc.example.org. TXT \"v=DMARC1; p=quarantine; sp=none; pct=50\"");
}

/* --- the library --- */

static const struct mailseal_bytes no_bytes = {"", 0};

static int answer_question(struct mailseal_facts *facts, const struct mailseal_question *question)
{
	if (strcmp(question->name, "example.org") == 0 && question->type == RR_TXT) {
		return mailseal_facts_add_text(facts, question, "\"v=spf1 ip4:192.0.2.0/24 -all\"",
					       MAILSEAL_SECURE);
	}
	if (strcmp(question->name, "_dmarc.example.org") == 0) {
		static const char packet[] = "\x12\x34\x81\x80\0\1\0\1\0\0\0\0"
					     "\6_dmarc\7example\3org\0\0\x10\0\1"
					     "\xc0\x0c\0\x10\0\1\0\0\1\x2c\0\x13"
					     "\x12v=DMARC1; p=reject";
		return mailseal_facts_add_packet(facts, question, packet, sizeof(packet) - 1,
						 MAILSEAL_SECURE);
	}
	return mailseal_facts_add_outcome(facts, question, MAILSEAL_NXDOMAIN);
}

static int run_turns(struct mailseal_verify *verify, struct mailseal_facts *facts)
{
	const struct mailseal_question *questions;
	size_t count;
	int status;
	while ((status = mailseal_verify_run(verify, facts, &questions, &count)) == MAILSEAL_ASKS) {
		for (size_t i = 0; i < count && status >= 0; i++) {
			status = answer_question(facts, &questions[i]);
		}
		if (status < 0) {
			return status;
		}
	}
	return status;
}

static int use_verify(struct mailseal_verify *verify, struct mailseal_facts *facts,
		      struct buffer *output)
{
	struct mailseal_bytes texts[3] = {no_bytes, no_bytes, no_bytes};
	const struct mailseal_field *fields;
	size_t count;
	int statuses[] = {
		mailseal_verify_set_client(verify, "192.0.2.7"),
		mailseal_verify_set_helo(verify, "mail.example.org", 16),
		mailseal_verify_set_mail_from(verify, "jo@example.org", 14),
		mailseal_verify_set_receiver(verify, "mx.example"),
		mailseal_verify_feed(verify, PLAIN, sizeof(PLAIN) - 1),
		run_turns(verify, facts),
		mailseal_verify_json(verify, &texts[0]),
		mailseal_verify_results_field(verify, &texts[1]),
		mailseal_verify_spf_fields(verify, &texts[2]),
		mailseal_verify_forged_fields(verify, &fields, &count),
	};
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (statuses[i] == MAILSEAL_NO_MEMORY) {
			return FAILURE_MEMORY;
		}
		assert_int_equal(statuses[i], MAILSEAL_DONE);
	}
	for (size_t i = 0; i < 3; i++) {
		buffer_append(output, span_of(texts[i].ptr, texts[i].len));
	}
	return output->is_failed ? FAILURE_MEMORY : 0;
}

static int use_check(struct mailseal_check *check, struct mailseal_facts *facts,
		     struct buffer *output)
{
	const struct mailseal_question *questions;
	struct mailseal_bytes text;
	size_t count;
	int status = mailseal_check_add_domain(check, "example.org");
	if (status == MAILSEAL_DONE) {
		status = mailseal_check_add_selector(check, "s1");
	}
	if (status == MAILSEAL_DONE) {
		status = mailseal_check_add_profile(check, "uk-gov-email");
	}
	while (status >= 0 &&
	       (status = mailseal_check_run(check, facts, &questions, &count)) == MAILSEAL_ASKS) {
		for (size_t i = 0; i < count && status >= 0; i++) {
			status = questions[i].kind == MAILSEAL_DNS
					 ? answer_question(facts, &questions[i])
					 : MAILSEAL_DONE;
		}
	}
	if (status == MAILSEAL_DONE) {
		status = mailseal_check_json(check, &text);
	}
	if (status == MAILSEAL_DONE) {
		buffer_append(output, span_of(text.ptr, text.len));
	}
	assert_true(status == MAILSEAL_DONE || status == MAILSEAL_NO_MEMORY);
	return status == MAILSEAL_NO_MEMORY || output->is_failed ? FAILURE_MEMORY : 0;
}

static int run_check(const void *context, struct buffer *output)
{
	struct mailseal_facts *facts = mailseal_facts_new(1);
	struct mailseal_check *check = mailseal_check_new(context, WORLD_NOW);
	int r = facts != NULL && check != NULL ? use_check(check, facts, output) : FAILURE_MEMORY;
	mailseal_check_free(check);
	mailseal_facts_free(facts);
	return r;
}

static int run_tables(const void *context, struct buffer *output)
{
	(void)context;
	struct mailseal_tables *tables = NULL;
	int status = mailseal_tables_new(&tables);
	mailseal_tables_free(tables);
	buffer_puts(output, "done");
	assert_true(status == MAILSEAL_DONE || status == MAILSEAL_NO_MEMORY);
	return status == MAILSEAL_DONE && !output->is_failed ? 0 : FAILURE_MEMORY;
}

static int run_library(const void *context, struct buffer *output)
{
	(void)context;
	struct mailseal_facts *facts = mailseal_facts_new(1);
	struct mailseal_verify *verify = mailseal_verify_new(NULL, WORLD_NOW);
	int r = facts != NULL && verify != NULL ? use_verify(verify, facts, output)
						: FAILURE_MEMORY;
	mailseal_verify_free(verify);
	mailseal_facts_free(facts);
	return r;
}

static void test_hazard_60_library(void **state)
{
	(void)state;
	struct mailseal_tables *tables;
	assert_int_equal(mailseal_tables_new(&tables), MAILSEAL_DONE);
	walk(&(struct scenario){"the library: a message", run_library, NULL, 100});
	walk(&(struct scenario){"the library: a domain", run_check, tables, 100});
	mailseal_tables_free(tables);
	walk(&(struct scenario){"the library: its tables", run_tables, NULL, 10});
}

/* --- all --- */

static int set_up(void **state)
{
	(void)state;
	struct failure failure;
	if (public_suffix_list_load(NULL, &suffixes, &failure) < 0 ||
	    provider_table_load(&providers, &failure) < 0) {
		return -1;
	}
	keys[0].selector = "e1";
	keys[1].selector = "r1";
	return private_key_generate(KEY_ED25519, 0, &keys[0].key, &failure) == 0 &&
			       private_key_generate(KEY_RSA, 2048, &keys[1].key, &failure) == 0
		       ? 0
		       : -1;
}

static int tear_down(void **state)
{
	(void)state;
	private_key_free(keys[0].key);
	private_key_free(keys[1].key);
	public_suffix_list_free(suffixes);
	provider_table_free(providers);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hazard_60_verify),
		cmocka_unit_test(test_hazard_60_sign),
		cmocka_unit_test(test_hazard_60_spoof),
		cmocka_unit_test(test_hazard_60_library),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
