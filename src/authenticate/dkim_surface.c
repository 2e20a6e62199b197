/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 6376 8.15: fields that are not signed, or not signed once too often, can be added. */
#include "authenticate/dkim_surface.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a reader sees, or what decides how the body is shown. */
static const struct span watched[] = {
	SPAN_INIT("From"),
	SPAN_INIT("Sender"),
	SPAN_INIT("Reply-To"),
	SPAN_INIT("To"),
	SPAN_INIT("Cc"),
	SPAN_INIT("Subject"),
	SPAN_INIT("Date"),
	SPAN_INIT("Message-ID"),
	SPAN_INIT("MIME-Version"),
	SPAN_INIT("Content-Type"),
	SPAN_INIT("Content-Transfer-Encoding"),
	SPAN_INIT("List-Unsubscribe"),
	SPAN_INIT("List-Unsubscribe-Post"),
};
_Static_assert(COUNT(watched) <= DKIM_MAX_UNSIGNED, "room for every watched field");

static size_t count_fields(const struct header *header, struct span name)
{
	size_t count = 0;
	for (size_t i = 0; i < header->field_count; i++) {
		count += span_equal_nocase(header->fields[i].name, name);
	}
	return count;
}

/* RFC 6376 5.4.2: a name listed once more than it occurs signs that there is no further one. */
static void add_field(struct dkim_surface *surface, const struct mail *mail,
		      const struct dkim_signature *signature, struct span name)
{
	size_t listed = dkim_signature_name_count(signature, name);
	size_t present = count_fields(&mail->message->header, name);
	if (listed <= present) {
		surface->fields[surface->field_count++] = (struct dkim_unsigned_field){
			.name = name,
			.unsigned_count = present - listed,
		};
	}
}

struct dkim_surface dkim_surface_of(const struct mail *mail, const struct mail_signature *signature,
				    int64_t now)
{
	const struct dkim_signature *text = &signature->text;
	struct dkim_surface surface = {
		.has_age = text->has_time,
		.age_s = text->has_time ? now - text->time : 0,
		.never_expires = !text->has_expiry,
		.leaves_recipient = dkim_signature_name_count(text, SPAN("To")) == 0 &&
				    dkim_signature_name_count(text, SPAN("Cc")) == 0,
	};
	if (text->has_length) {
		enum canonical_form form = mail->body.hashes[signature->body_hash].form;
		surface.body_octets = mail->body.lengths[form] - text->length;
	}
	for (size_t i = 0; i < COUNT(watched); i++) {
		add_field(&surface, mail, text, watched[i]);
	}
	return surface;
}
