/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The policy a DMARC record amounts to, and writing a record. */
#include "records/dmarc.h"

static bool is_policy(enum dmarc_policy policy)
{
	return policy == DMARC_POLICY_NONE || policy == DMARC_POLICY_QUARANTINE ||
	       policy == DMARC_POLICY_REJECT;
}

static bool has_valid_rua(const struct dmarc_record *record)
{
	return dmarc_uri_list_has_valid(record->rua, record->rua_count);
}

/* RFC 9989 4.7: a record that says what it wants for every kind of name */
static bool is_complete(const struct dmarc_record *record)
{
	return is_policy(record->p) && record->sp != DMARC_POLICY_INVALID &&
	       record->np != DMARC_POLICY_INVALID;
}

/* RFC 6376 3.2, whose syntax this is: a tag that stands twice makes the whole list invalid */
static bool is_list(const struct dmarc_record *record)
{
	return !record->tags.has_duplicate;
}

bool dmarc_record_is_usable(const struct dmarc_record *record)
{
	return is_list(record) && (is_complete(record) || has_valid_rua(record));
}

bool dmarc_record_is_usable_rfc7489(const struct dmarc_record *record)
{
	bool is_complete_rfc7489 = is_policy(record->p) && record->sp != DMARC_POLICY_INVALID;
	return is_list(record) && (is_complete_rfc7489 || has_valid_rua(record));
}

enum dmarc_policy dmarc_record_policy(const struct dmarc_record *record)
{
	return is_complete(record) ? record->p : DMARC_POLICY_NONE;
}

enum dmarc_policy dmarc_record_subdomain_policy(const struct dmarc_record *record)
{
	bool has_own = is_complete(record) && record->sp != DMARC_POLICY_ABSENT;
	return has_own ? record->sp : dmarc_record_policy(record);
}

enum dmarc_policy dmarc_record_nonexistent_policy(const struct dmarc_record *record)
{
	bool has_own = is_complete(record) && record->np != DMARC_POLICY_ABSENT;
	return has_own ? record->np : dmarc_record_subdomain_policy(record);
}

enum dmarc_policy dmarc_policy_lowered(enum dmarc_policy policy)
{
	switch (policy) {
	case DMARC_POLICY_REJECT:
		return DMARC_POLICY_QUARANTINE;
	case DMARC_POLICY_QUARANTINE:
		return DMARC_POLICY_NONE;
	case DMARC_POLICY_NONE:
	case DMARC_POLICY_ABSENT:
	case DMARC_POLICY_INVALID:
		break;
	}
	return policy;
}

const char *dmarc_policy_name(enum dmarc_policy policy)
{
	static const char *const names[] = {
		[DMARC_POLICY_ABSENT] = "absent",	  [DMARC_POLICY_NONE] = "none",
		[DMARC_POLICY_QUARANTINE] = "quarantine", [DMARC_POLICY_REJECT] = "reject",
		[DMARC_POLICY_INVALID] = "invalid",
	};
	return names[policy];
}

/* A tag we cannot say better than the record did. */
static void write_raw(const struct dmarc_record *record, struct span name, struct buffer *text)
{
	const struct tag *tag = tag_list_find(&record->tags, name);
	if (tag != NULL) {
		buffer_printf(text, "; %.*s=", SPAN_ARG(name));
		buffer_append(text, tag->value);
	}
}

static void write_policy(const struct dmarc_record *record, struct span name,
			 enum dmarc_policy policy, struct buffer *text)
{
	if (is_policy(policy)) {
		buffer_printf(text, "; %.*s=%s", SPAN_ARG(name), dmarc_policy_name(policy));
	} else if (policy == DMARC_POLICY_INVALID) {
		write_raw(record, name, text);
	}
}

static void write_uris(const char *name, const struct dmarc_uri *uris, size_t count,
		       struct buffer *text)
{
	if (count > 0) {
		buffer_printf(text, "; %s=", name);
		dmarc_uri_list_write(uris, count, text);
	}
}

static void write_options(const struct dmarc_record *record, struct buffer *text)
{
	if (record->adkim == DMARC_STRICT) {
		buffer_puts(text, "; adkim=s");
	}
	if (record->aspf == DMARC_STRICT) {
		buffer_puts(text, "; aspf=s");
	}
	if (record->psd != DMARC_PSD_UNKNOWN) {
		buffer_puts(text, record->psd == DMARC_PSD_YES ? "; psd=y" : "; psd=n");
	}
	if (record->is_testing) {
		buffer_puts(text, "; t=y");
	}
	if (record->fo.len > 0) {
		buffer_puts(text, "; fo=");
		buffer_append(text, record->fo);
	}
	if (record->has_pct) {
		buffer_printf(text, "; pct=%u", record->pct);
	}
}

void dmarc_record_write(const struct dmarc_record *record, struct buffer *text)
{
	buffer_puts(text, "v=DMARC1");
	write_policy(record, SPAN("p"), record->p, text);
	write_policy(record, SPAN("sp"), record->sp, text);
	write_policy(record, SPAN("np"), record->np, text);
	write_options(record, text);
	write_uris("rua", record->rua, record->rua_count, text);
	write_uris("ruf", record->ruf, record->ruf_count, text);
	if (record->has_rf) {
		write_raw(record, SPAN("rf"), text);
	}
	if (record->has_ri) {
		write_raw(record, SPAN("ri"), text);
	}
}
