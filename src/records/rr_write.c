/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* DNS record data -> master-file text. */
#include "records/name.h"
#include "records/network.h"
#include "records/rr.h"
#include "records/rr_layout.h"
#include "records/txt.h"

static bool write_address(struct span octets, struct buffer *text)
{
	struct network network;
	if (!network_from_octets(octets, &network)) {
		return false;
	}
	buffer_puts(text, network_format(network).text);
	return true;
}

static bool write_name(struct cursor *rdata, struct buffer *text)
{
	/* Started afresh at the name, so that nothing before it can be pointed at. */
	struct cursor name = cursor_of(cursor_rest(rdata));
	if (!name_write_from_wire(&name, text)) {
		return false;
	}
	rdata->at += name.at;
	return true;
}

static bool write_strings(struct cursor *rdata, struct buffer *text)
{
	const char *space = "";
	do {
		struct span string = cursor_take(rdata, cursor_u8(rdata));
		if (rdata->is_failed) {
			return false;
		}
		buffer_puts(text, space);
		txt_write_string(string, text);
		space = " ";
	} while (!cursor_is_at_end(rdata));
	return true;
}

static bool write_tag(struct cursor *rdata, struct buffer *text)
{
	struct span tag = cursor_take(rdata, cursor_u8(rdata));
	struct cursor reader = cursor_of(tag);
	buffer_append(text, tag);
	return tag.len > 0 && cursor_take_while(&reader, text_is_alnum).len == tag.len;
}

static struct span take_rest(struct cursor *rdata)
{
	return cursor_take(rdata, cursor_rest(rdata).len);
}

/* False when the data does not hold what the field wants. */
static bool write_field(enum rr_field field, struct cursor *rdata, struct buffer *text)
{
	bool has_rest = !cursor_is_at_end(rdata);
	switch (field) {
	case RR_FIELD_END:
		return true;
	case RR_FIELD_U8:
		buffer_printf(text, "%u", cursor_u8(rdata));
		return true;
	case RR_FIELD_U16:
		buffer_printf(text, "%u", cursor_u16(rdata));
		return true;
	case RR_FIELD_U32:
		buffer_printf(text, "%lu", (unsigned long)cursor_u32(rdata));
		return true;
	case RR_FIELD_NAME:
		return write_name(rdata, text);
	case RR_FIELD_IPV4:
		return write_address(cursor_take(rdata, 4), text);
	case RR_FIELD_IPV6:
		return write_address(cursor_take(rdata, 16), text);
	case RR_FIELD_STRINGS:
		return write_strings(rdata, text);
	case RR_FIELD_HEX:
		number_write_hex(text, take_rest(rdata));
		return has_rest;
	case RR_FIELD_BASE64:
		base64_encode(text, take_rest(rdata));
		return has_rest;
	case RR_FIELD_TAG:
		return write_tag(rdata, text);
	case RR_FIELD_VALUE:
		txt_write_string(take_rest(rdata), text);
		return true;
	}
	return false;
}

static bool write_fields(const struct rr_layout *layout, struct span rdata, struct buffer *text)
{
	struct cursor cursor = cursor_of(rdata);
	for (const enum rr_field *field = layout->fields; *field != RR_FIELD_END; field++) {
		if (field != layout->fields) {
			buffer_putc(text, ' ');
		}
		if (!write_field(*field, &cursor, text)) {
			return false;
		}
	}
	return !cursor.is_failed && cursor_is_at_end(&cursor);
}

/* RFC 3597 5: \# length hexadecimal */
static void write_opaque(struct span rdata, struct buffer *text)
{
	buffer_printf(text, "\\# %zu", rdata.len);
	if (rdata.len > 0) {
		buffer_putc(text, ' ');
		number_write_hex(text, rdata);
	}
}

void rr_write_text(uint16_t type, struct span rdata, struct buffer *text)
{
	const struct rr_layout *layout = rr_layout_find(type);
	/* Apart, because what was written is taken back when the data turns out malformed. */
	struct buffer known = buffer_new(RR_TEXT_MAX);
	if (layout != NULL && layout->fields[0] != RR_FIELD_END &&
	    write_fields(layout, rdata, &known)) {
		buffer_append(text, buffer_span(&known));
		text->is_failed = text->is_failed || known.is_failed;
	} else {
		write_opaque(rdata, text);
	}
	buffer_free(&known);
}
