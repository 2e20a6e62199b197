/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* mailseal record: make a record and check it before it is published. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "advise/record.h"
#include "cli/cmd.h"
#include "cli/key_file.h"
#include "records/name_input.h"
#include "records/txt.h"

#define RECORD_ARENA_BYTES ((size_t)8 << 20)
/* RFC 8461 3.2 allows a year; two weeks is what most guidance calls the least that protects. */
#define STANDARD_MAX_AGE_S 1209600
#define STANDARD_BITS 2048

struct record_command_options {
	struct string_list terms;
	const char *all;
	const char *policy;
	const char *subdomain_policy;
	const char *nonexistent_policy;
	struct string_list rua;
	struct string_list ruf;
	bool is_strict;
	const char *selector;
	const char *private_key;
	const char *algorithm;
	uint64_t bits;
	const char *mode;
	struct string_list mx;
	uint64_t max_age_s;
	bool is_json;
};

#define FIELD(name) offsetof(struct record_command_options, name)

static const struct option spf_options[] = {
	{"allow", 0, OPTION_LIST, "TERM", "who may send: include:NAME, ip4:NET, ip6:NET, mx, a",
	 FIELD(terms)},
	{"all", 0, OPTION_STRING, "RESULT", "for everyone else: fail (default) or softfail",
	 FIELD(all)},
};
static const struct option dmarc_options[] = {
	{"policy", 0, OPTION_STRING, "P", "none (default), quarantine or reject", FIELD(policy)},
	{"subdomains", 0, OPTION_STRING, "P", "policy for subdomains", FIELD(subdomain_policy)},
	{"nonexistent", 0, OPTION_STRING, "P", "policy for names that do not exist",
	 FIELD(nonexistent_policy)},
	{"rua", 0, OPTION_LIST, "ADDRESS", "where reports go (also for parked and tls-rpt)",
	 FIELD(rua)},
	{"ruf", 0, OPTION_LIST, "ADDRESS", "where failure reports go", FIELD(ruf)},
	{"strict", 0, OPTION_FLAG, NULL, "strict alignment of SPF and DKIM", FIELD(is_strict)},
};
static const struct option dkim_options[] = {
	{"selector", 0, OPTION_STRING, "S", "the name of the key", FIELD(selector)},
	{"private-key", 0, OPTION_STRING, "FILE",
	 "make a new key in this file, which must not be there yet", FIELD(private_key)},
	{"algorithm", 0, OPTION_STRING, "NAME", "rsa (default) or ed25519", FIELD(algorithm)},
	{"bits", 0, OPTION_NUMBER, "N", "of an RSA key: 2048 (default) to 8192", FIELD(bits)},
};
static const struct option mta_sts_options[] = {
	{"mode", 0, OPTION_STRING, "MODE", "testing (default), enforce or none", FIELD(mode)},
	{"mx", 0, OPTION_LIST, "HOST", "a mail host, or *.example.net", FIELD(mx)},
	{"max-age", 0, OPTION_NUMBER, "SECONDS",
	 "how long senders keep the policy (default 1209600)", FIELD(max_age_s)},
};
static const struct option output_options[] = {
	{"json", 0, OPTION_FLAG, NULL, "as JSON", FIELD(is_json)},
};

static const struct option_group spf_group = OPTION_GROUP("record spf", spf_options);
static const struct option_group dmarc_group = OPTION_GROUP("record dmarc", dmarc_options);
static const struct option_group dkim_group = OPTION_GROUP("record dkim", dkim_options);
static const struct option_group mta_sts_group = OPTION_GROUP("record mta-sts", mta_sts_options);
static const struct option_group output_group = OPTION_GROUP("output", output_options);
static const struct option_group *const groups[] = {&spf_group,	    &dmarc_group,  &dkim_group,
						    &mta_sts_group, &output_group, NULL};

/* What was made: records, and for MTA-STS the file that goes with them. */
struct made {
	struct record_change changes[RECORD_PARKED_COUNT];
	size_t count;
	struct span policy_file;
};

struct maker {
	const char *kind;
	int (*make)(struct arena *arena, struct span domain,
		    const struct record_command_options *options, struct made *made,
		    struct failure *reterr);
};

static struct span *spans_of(struct arena *arena, const struct string_list *list)
{
	struct span *spans = arena_alloc(arena, list->count * sizeof(*spans));
	for (size_t i = 0; i < list->count && spans != NULL; i++) {
		spans[i] = span_of_string(list->items[i]);
	}
	return spans;
}

static int make_spf(struct arena *arena, struct span domain, const struct record_command_options *o,
		    struct made *made, struct failure *reterr)
{
	struct record_spf_wish wish = {
		.domain = domain,
		.terms = spans_of(arena, &o->terms),
		.term_count = o->terms.count,
		.all = SPF_FAIL,
	};
	if (o->all != NULL && strcmp(o->all, "softfail") == 0) {
		wish.all = SPF_SOFTFAIL;
	} else if (o->all != NULL && strcmp(o->all, "fail") != 0) {
		return failure_set(reterr, FAILURE_INPUT, "--all",
				   "\"%s\" is neither fail nor softfail", o->all);
	}
	made->count = 1;
	return record_spf_make(arena, &wish, &made->changes[0], reterr);
}

static int read_policy(const char *option, const char *text, enum dmarc_policy absent,
		       enum dmarc_policy *ret_policy, struct failure *reterr)
{
	static const enum dmarc_policy policies[] = {DMARC_POLICY_NONE, DMARC_POLICY_QUARANTINE,
						     DMARC_POLICY_REJECT};
	*ret_policy = absent;
	for (size_t i = 0; text != NULL && i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (strcmp(text, dmarc_policy_name(policies[i])) == 0) {
			*ret_policy = policies[i];
			return 0;
		}
	}
	return text == NULL ? 0
			    : failure_set(reterr, FAILURE_INPUT, option,
					  "\"%s\" is not none, quarantine or reject", text);
}

static int make_dmarc(struct arena *arena, struct span domain,
		      const struct record_command_options *o, struct made *made,
		      struct failure *reterr)
{
	struct record_dmarc_wish wish = {
		.domain = domain,
		.is_strict = o->is_strict,
		.rua = spans_of(arena, &o->rua),
		.rua_count = o->rua.count,
		.ruf = spans_of(arena, &o->ruf),
		.ruf_count = o->ruf.count,
	};
	int r = read_policy("--policy", o->policy, DMARC_POLICY_NONE, &wish.policy, reterr);
	if (r == 0) {
		r = read_policy("--subdomains", o->subdomain_policy, DMARC_POLICY_ABSENT,
				&wish.subdomain_policy, reterr);
	}
	if (r == 0) {
		r = read_policy("--nonexistent", o->nonexistent_policy, DMARC_POLICY_ABSENT,
				&wish.nonexistent_policy, reterr);
	}
	made->count = 1;
	return r == 0 ? record_dmarc_make(arena, &wish, &made->changes[0], reterr) : r;
}

static int generate_key(const struct record_command_options *o, struct private_key **ret_key,
			struct failure *reterr)
{
	bool is_ed25519 = o->algorithm != NULL && strcmp(o->algorithm, "ed25519") == 0;
	if (!is_ed25519 && o->algorithm != NULL && strcmp(o->algorithm, "rsa") != 0) {
		return failure_set(reterr, FAILURE_INPUT, "--algorithm",
				   "\"%s\" is neither rsa nor ed25519", o->algorithm);
	}
	if (is_ed25519) {
		return private_key_generate(KEY_ED25519, 0, ret_key, reterr);
	}
	uint64_t bits = o->bits > 0 ? o->bits : STANDARD_BITS;
	if (bits < STANDARD_BITS || bits > PUBLIC_KEY_MAX_BITS) {
		return failure_set(reterr, FAILURE_INPUT, "--bits", "not between %d and %d",
				   STANDARD_BITS, PUBLIC_KEY_MAX_BITS);
	}
	return private_key_generate(KEY_RSA, (unsigned)bits, ret_key, reterr);
}

/* The record first: a key is only kept when there is something to publish for it. */
static int publish_key(struct arena *arena, struct span domain,
		       const struct record_command_options *o, const struct private_key *key,
		       struct made *made, struct failure *reterr)
{
	struct buffer octets = buffer_new(PRIVATE_KEY_PEM_MAX);
	int r = private_key_write_public(key, &octets, reterr);
	struct record_dkim_wish wish = {
		.domain = domain,
		.selector = span_of_string(o->selector),
		.is_ed25519 = private_key_kind(key) == KEY_ED25519,
		.public_key = buffer_span(&octets),
	};
	made->count = 1;
	if (r == 0) {
		r = record_dkim_make(arena, &wish, &made->changes[0], reterr);
	}
	buffer_free(&octets);
	return r == 0 ? key_file_write(o->private_key, key, reterr) : r;
}

static int make_dkim(struct arena *arena, struct span domain,
		     const struct record_command_options *o, struct made *made,
		     struct failure *reterr)
{
	struct private_key *key = NULL;
	if (o->selector == NULL || o->private_key == NULL) {
		return failure_set(reterr, FAILURE_INPUT, "record dkim",
				   "needs --selector and --private-key");
	}
	int r = generate_key(o, &key, reterr);
	if (r < 0) {
		return r;
	}
	r = publish_key(arena, domain, o, key, made, reterr);
	private_key_free(key);
	return r;
}

static int make_parked(struct arena *arena, struct span domain,
		       const struct record_command_options *o, struct made *made,
		       struct failure *reterr)
{
	made->count = RECORD_PARKED_COUNT;
	return record_parked_make(arena, domain, spans_of(arena, &o->rua), o->rua.count,
				  made->changes, reterr);
}

static int make_tls_rpt(struct arena *arena, struct span domain,
			const struct record_command_options *o, struct made *made,
			struct failure *reterr)
{
	struct record_tls_rpt_wish wish = {domain, spans_of(arena, &o->rua), o->rua.count};
	made->count = 1;
	return record_tls_rpt_make(arena, &wish, &made->changes[0], reterr);
}

static int read_mode(const char *text, enum mta_sts_mode *ret_mode, struct failure *reterr)
{
	static const enum mta_sts_mode modes[] = {MTA_STS_MODE_NONE, MTA_STS_MODE_TESTING,
						  MTA_STS_MODE_ENFORCE};
	*ret_mode = MTA_STS_MODE_TESTING;
	for (size_t i = 0; text != NULL && i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(text, mta_sts_mode_name(modes[i])) == 0) {
			*ret_mode = modes[i];
			return 0;
		}
	}
	return text == NULL ? 0
			    : failure_set(reterr, FAILURE_INPUT, "--mode",
					  "\"%s\" is not testing, enforce or none", text);
}

static int make_mta_sts(struct arena *arena, struct span domain,
			const struct record_command_options *o, struct made *made,
			struct failure *reterr)
{
	struct record_mta_sts_wish wish = {
		.domain = domain,
		.mx = spans_of(arena, &o->mx),
		.mx_count = o->mx.count,
		.max_age_s = o->max_age_s > 0 ? o->max_age_s : STANDARD_MAX_AGE_S,
		.now = (int64_t)time(NULL),
	};
	int r = read_mode(o->mode, &wish.mode, reterr);
	made->count = 1;
	return r == 0 ? record_mta_sts_make(arena, &wish, &made->changes[0], &made->policy_file,
					    reterr)
		      : r;
}

static const struct maker makers[] = {
	{"spf", make_spf},	   {"dmarc", make_dmarc},     {"parked", make_parked},
	{"tls-rpt", make_tls_rpt}, {"mta-sts", make_mta_sts}, {"dkim", make_dkim},
};

static void write_zone_line(const struct record_change *change, struct arena *arena,
			    struct buffer *text)
{
	struct span type = rr_type_name(arena, change->type);
	buffer_printf(text, "%.*s. IN %.*s ", SPAN_ARG(change->name), SPAN_ARG(type));
	if (change->type == RR_TXT) {
		txt_write_presentation(change->value, text);
	} else {
		buffer_append(text, change->value);
	}
	buffer_putc(text, '\n');
}

static void write_text(const struct made *made, struct span domain, struct arena *arena,
		       struct buffer *text)
{
	for (size_t i = 0; i < made->count; i++) {
		const struct record_change *change = &made->changes[i];
		struct span type = rr_type_name(arena, change->type);
		buffer_printf(text, "Name   %.*s\nType   %.*s\nValue  %.*s\n\n",
			      SPAN_ARG(change->name), SPAN_ARG(type), SPAN_ARG(change->value));
	}
	buffer_puts(text, "As zone file lines:\n");
	for (size_t i = 0; i < made->count; i++) {
		write_zone_line(&made->changes[i], arena, text);
	}
	if (made->policy_file.len > 0) {
		buffer_printf(
			text,
			"\nhttps://mta-sts.%.*s/.well-known/mta-sts.txt serves, as text/plain:\n"
			"%.*s",
			SPAN_ARG(domain), SPAN_ARG(made->policy_file));
	}
}

static void write_json(const struct made *made, struct arena *arena, struct buffer *text)
{
	struct json_writer json = json_writer_new(text, 2);
	json_object_begin(&json);
	json_key_string(&json, "schema", SPAN("mailseal-record-1"));
	json_key(&json, "records");
	json_array_begin(&json);
	for (size_t i = 0; i < made->count; i++) {
		const struct record_change *change = &made->changes[i];
		json_object_begin(&json);
		json_key_string(&json, "name", change->name);
		json_key_string(&json, "type", rr_type_name(arena, change->type));
		json_key_string(&json, "value", change->value);
		json_key_bool(&json, "template", change->is_template);
		json_object_end(&json);
	}
	json_array_end(&json);
	if (made->policy_file.len > 0) {
		json_key_string(&json, "policy_file", made->policy_file);
	}
	json_object_end(&json);
	buffer_putc(text, '\n');
}

static const struct maker *find_maker(const char *kind)
{
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
		if (strcmp(makers[i].kind, kind) == 0) {
			return &makers[i];
		}
	}
	complain("record", "\"%s\" is not spf, dmarc, dkim, parked, tls-rpt or mta-sts", kind);
	return NULL;
}

static enum exit_code make_and_print(struct arena *arena, const struct maker *maker,
				     const char *operand, const struct record_command_options *o)
{
	struct name_input_result input = name_input_parse(arena, span_of_string(operand));
	if (input.status != NAME_INPUT_OK) {
		complain("record", "\"%.80s\" %s", operand, name_input_explain(input.status));
		return EXIT_USAGE;
	}
	struct made made = {0};
	struct failure failure;
	if (maker->make(arena, input.name, o, &made, &failure) < 0) {
		return complain_failure(&failure);
	}
	struct buffer text = buffer_new((size_t)1 << 20);
	if (o->is_json) {
		write_json(&made, arena, &text);
	} else {
		write_text(&made, input.name, arena, &text);
	}
	fwrite(text.data, 1, text.len, stdout);
	bool is_ok = !text.is_failed && !arena_has_failed(arena);
	buffer_free(&text);
	return is_ok ? EXIT_CLEAN : EXIT_INTERNAL;
}

static enum exit_code run(const struct invocation *invocation)
{
	const struct maker *maker = find_maker(invocation->operands.items[0]);
	struct arena *arena = maker != NULL ? arena_new(RECORD_ARENA_BYTES) : NULL;
	if (arena == NULL) {
		return maker == NULL ? EXIT_USAGE : EXIT_INTERNAL;
	}
	enum exit_code code =
		make_and_print(arena, maker, invocation->operands.items[1], invocation->options);
	arena_free(arena);
	return code;
}

const struct command cmd_record = {
	.name = "record",
	.operands = "spf|dmarc|dkim|parked|tls-rpt|mta-sts DOMAIN",
	.summary = "make a record and check it before it is published",
	.example = "mailseal record dmarc example.org --rua dmarc@example.org",
	.groups = groups,
	.options_size = sizeof(struct record_command_options),
	.min_operands = 2,
	.max_operands = 2,
	.run = run,
};
