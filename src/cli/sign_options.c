/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The options of `mailseal sign`, read into what is to be signed and with what. */
#include "cli/sign_options.h"

#include <string.h>
#include <time.h>

#include "cli/cmd.h"
#include "cli/key_file.h"
#include "records/name_input.h"

#define DAY_S INT64_C(86400)
/* RFC 8301 3.2: verifiers refuse less, and signers should use more. */
#define LEAST_BITS 1024
#define ADVISED_BITS 2048

struct reading {
	const struct sign_options *options;
	struct arena *arena;
	struct signing *signing;
};

static int need_option(const char *name, const char *value, struct failure *reterr)
{
	return value != NULL ? 0 : failure_set(reterr, FAILURE_INPUT, name, "is needed");
}

static int read_names(struct reading *reading, struct failure *reterr)
{
	const struct sign_options *o = reading->options;
	int r = need_option("--key", o->key, reterr);
	if (r == 0) {
		r = need_option("--domain", o->domain, reterr);
	}
	if (r == 0) {
		r = need_option("--selector", o->selector, reterr);
	}
	if (r < 0) {
		return r;
	}
	struct name_input_result input =
		name_input_parse(reading->arena, span_of_string(o->domain));
	if (input.status != NAME_INPUT_OK) {
		return failure_set(reterr, FAILURE_INPUT, "--domain", "\"%.80s\" %s", o->domain,
				   name_input_explain(input.status));
	}
	reading->signing->request.domain = input.name;
	struct span selector = span_of_string(o->selector);
	if (!name_canonical(reading->arena, selector, &reading->signing->request.selector) ||
	    !name_is_ldh(reading->signing->request.selector, /* is_underscore_ok: */ true)) {
		return failure_set(reterr, FAILURE_INPUT, "--selector", "\"%.80s\" is no name",
				   o->selector);
	}
	return 0;
}

static int read_canonical(const char *text, struct sign_request *request, struct failure *reterr)
{
	static const struct {
		const char *name;
		bool is_simple_header;
		bool is_simple_body;
	} rows[] = {
		{"relaxed/relaxed", false, false}, {"relaxed/simple", false, true},
		{"simple/relaxed", true, false},   {"simple/simple", true, true},
		{"relaxed", false, true},	   {"simple", true, true},
	};
	for (size_t i = 0; text != NULL && i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(text, rows[i].name) == 0) {
			request->is_simple_header = rows[i].is_simple_header;
			request->is_simple_body = rows[i].is_simple_body;
			return 0;
		}
	}
	return text == NULL ? 0
			    : failure_set(reterr, FAILURE_INPUT, "--canonical",
					  "\"%s\" is not relaxed or simple, or two of them with a "
					  "slash between",
					  text);
}

/* RFC 5322 3.6.8 ftext */
static bool is_field_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = span_octet(name, i);
		if (c <= ' ' || c > '~' || c == ':' || c == ';') {
			return false;
		}
	}
	return name.len > 0;
}

static int read_header_names(struct reading *reading, struct failure *reterr)
{
	const struct string_list *list = &reading->options->names;
	struct span *names = arena_alloc(reading->arena, list->count * sizeof(*names));
	if (names == NULL) {
		return failure_set_memory(reterr, "sign");
	}
	for (size_t i = 0; i < list->count; i++) {
		names[i] = span_of_string(list->items[i]);
		if (!is_field_name(names[i])) {
			return failure_set(reterr, FAILURE_INPUT, "--header",
					   "\"%.80s\" is no field name", list->items[i]);
		}
	}
	reading->signing->names = names;
	reading->signing->name_count = list->count;
	reading->signing->leaves_open = reading->options->leaves_open;
	return 0;
}

static int read_time(struct reading *reading, struct failure *reterr)
{
	const char *text = reading->options->facts.now;
	struct sign_request *request = &reading->signing->request;
	request->time = (int64_t)time(NULL);
	if (text != NULL && !time_parse(span_of_string(text), &request->time)) {
		return failure_set(reterr, FAILURE_INPUT, "--now",
				   "\"%s\" is not a time like 2026-11-23T12:00:00Z", text);
	}
	const uint64_t days_max = 3650;
	if (reading->options->expiry_days > days_max) {
		return failure_set(reterr, FAILURE_INPUT, "--expires", "more than %d days",
				   (int)days_max);
	}
	if (reading->options->expiry_days > 0) {
		request->expiry = request->time + (int64_t)reading->options->expiry_days * DAY_S;
	}
	return 0;
}

static int read_key(struct reading *reading, struct private_key **ret_key, struct failure *reterr)
{
	const char *path = reading->options->key;
	struct private_key *key;
	int r = key_file_read(path, &key, reterr);
	if (r < 0) {
		return r;
	}
	bool is_rsa = private_key_kind(key) == KEY_RSA;
	unsigned bits = private_key_bits(key);
	if (is_rsa && bits < LEAST_BITS) {
		private_key_free(key);
		return failure_set(reterr, FAILURE_INPUT, path, "receivers refuse keys of %u bits",
				   bits);
	}
	if (is_rsa && bits < ADVISED_BITS) {
		complain("note", "%s has %u bits; use %d", path, bits, ADVISED_BITS);
	}
	*ret_key = key;
	return 0;
}

int sign_options_read(const struct sign_options *options, struct arena *arena,
		      struct signing *ret_signing, struct private_key **ret_key,
		      struct failure *reterr)
{
	struct signing signing = {0};
	struct private_key *key = NULL;
	struct reading reading = {options, arena, &signing};
	int r = read_names(&reading, reterr);
	if (r == 0) {
		r = read_canonical(options->canonical, &signing.request, reterr);
	}
	if (r == 0) {
		r = read_header_names(&reading, reterr);
	}
	if (r == 0) {
		r = read_time(&reading, reterr);
	}
	if (r == 0) {
		r = read_key(&reading, &key, reterr);
	}
	if (r == 0) {
		signing.request.key = key;
		*ret_signing = signing;
		*ret_key = key;
	}
	return r;
}
