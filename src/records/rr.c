/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The types we know, their names, and their data inside DNS messages. */
#include "records/rr.h"

#include "records/name.h"
#include "records/rr_layout.h"

#define LAYOUT(type_name, ...)                                                                     \
	{                                                                                          \
		RR_##type_name, SPAN_INIT(#type_name),                                             \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct rr_layout layouts[] = {
	LAYOUT(A, RR_FIELD_IPV4),
	LAYOUT(NS, RR_FIELD_NAME),
	LAYOUT(CNAME, RR_FIELD_NAME),
	LAYOUT(SOA, RR_FIELD_NAME, RR_FIELD_NAME, RR_FIELD_U32, RR_FIELD_U32, RR_FIELD_U32,
	       RR_FIELD_U32, RR_FIELD_U32),
	LAYOUT(PTR, RR_FIELD_NAME),
	LAYOUT(MX, RR_FIELD_U16, RR_FIELD_NAME),
	LAYOUT(TXT, RR_FIELD_STRINGS),
	LAYOUT(AAAA, RR_FIELD_IPV6),
	LAYOUT(SRV, RR_FIELD_U16, RR_FIELD_U16, RR_FIELD_U16, RR_FIELD_NAME),
	LAYOUT(DS, RR_FIELD_U16, RR_FIELD_U8, RR_FIELD_U8, RR_FIELD_HEX),
	LAYOUT(RRSIG, RR_FIELD_END),
	LAYOUT(DNSKEY, RR_FIELD_U16, RR_FIELD_U8, RR_FIELD_U8, RR_FIELD_BASE64),
	LAYOUT(TLSA, RR_FIELD_U8, RR_FIELD_U8, RR_FIELD_U8, RR_FIELD_HEX),
	LAYOUT(SPF, RR_FIELD_STRINGS),
	LAYOUT(CAA, RR_FIELD_U8, RR_FIELD_TAG, RR_FIELD_VALUE),
};

#define LAYOUT_COUNT (sizeof(layouts) / sizeof(layouts[0]))

const struct rr_layout *rr_layout_find(uint16_t type)
{
	for (size_t i = 0; i < LAYOUT_COUNT; i++) {
		if (layouts[i].type == type) {
			return &layouts[i];
		}
	}
	return NULL;
}

struct span rr_type_name(struct arena *arena, uint16_t type)
{
	const struct rr_layout *layout = rr_layout_find(type);
	return layout != NULL ? layout->name : arena_printf(arena, "TYPE%u", type);
}

bool rr_type_parse(struct span text, uint16_t *ret_type)
{
	for (size_t i = 0; i < LAYOUT_COUNT; i++) {
		if (span_equal_nocase(text, layouts[i].name)) {
			*ret_type = layouts[i].type;
			return true;
		}
	}
	/* RFC 3597 5: TYPE and the number, without leading zeros */
	struct span number_text = span_from(text, 4);
	uint64_t number;
	if (!span_starts_with_nocase(text, SPAN("TYPE")) ||
	    (number_text.len > 1 && number_text.ptr[0] == '0') ||
	    !number_parse_decimal(number_text, UINT16_MAX, &number)) {
		return false;
	}
	*ret_type = (uint16_t)number;
	return true;
}

static size_t number_size(enum rr_field field)
{
	return field == RR_FIELD_U8 ? 1 : field == RR_FIELD_U16 ? 2 : 4;
}

/* RFC 3597 4: names are expanded in the types of RFC 1035, and in SRV for old senders. */
static bool expand_fields(const struct rr_layout *layout, struct cursor *message, size_t end,
			  struct buffer *rdata)
{
	for (const enum rr_field *field = layout->fields; *field != RR_FIELD_END; field++) {
		if (*field == RR_FIELD_NAME) {
			if (!name_expand(message, rdata)) {
				return false;
			}
			continue;
		}
		buffer_append(rdata, cursor_take(message, number_size(*field)));
	}
	return !message->is_failed && message->at == end && !rdata->is_failed;
}

static bool has_name(const struct rr_layout *layout)
{
	for (size_t i = 0; layout != NULL && i < RR_FIELDS_MAX; i++) {
		if (layout->fields[i] == RR_FIELD_NAME) {
			return true;
		}
	}
	return false;
}

bool rr_expand(struct cursor *message, struct arena *arena, uint16_t type, uint16_t rdata_len,
	       struct span *ret_rdata)
{
	const struct rr_layout *layout = rr_layout_find(type);
	struct span expanded;
	if (!has_name(layout)) {
		struct span rdata = cursor_take(message, rdata_len);
		expanded = message->is_failed ? span_of(NULL, 0) : arena_copy(arena, rdata);
	} else {
		struct buffer rdata = buffer_new_for(arena, RR_RDATA_MAX);
		bool is_ok = expand_fields(layout, message, message->at + rdata_len, &rdata);
		expanded = is_ok ? arena_copy(arena, buffer_span(&rdata)) : span_of(NULL, 0);
		buffer_free(&rdata);
	}
	if (expanded.ptr == NULL) {
		message->is_failed = true;
		return false;
	}
	*ret_rdata = expanded;
	return true;
}
