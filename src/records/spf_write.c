/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Writes an SPF record from its terms. */
#include "records/spf_parser.h"

static void write_prefix_lens(const struct spf_term *term, struct buffer *text)
{
	if (term->prefix_len4 != 32) {
		buffer_printf(text, "/%u", term->prefix_len4);
	}
	if (term->prefix_len6 != 128) {
		buffer_printf(text, "//%u", term->prefix_len6);
	}
}

static void write_mechanism(const struct spf_term *term, struct buffer *text)
{
	if (term->has_qualifier || term->qualifier != SPF_PASS) {
		buffer_putc(text, "+-~?"[term->qualifier]);
	}
	buffer_append(text, spf_names[term->mechanism]);
	if (term->mechanism == SPF_IP4 || term->mechanism == SPF_IP6) {
		buffer_printf(text, ":%s", network_format(term->network).text);
		return;
	}
	if (term->domain_spec.len > 0) {
		buffer_putc(text, ':');
		buffer_append(text, term->domain_spec);
	}
	if (term->mechanism == SPF_A || term->mechanism == SPF_MX) {
		write_prefix_lens(term, text);
	}
}

static void write_term(const struct spf_term *term, struct buffer *text)
{
	switch (term->kind) {
	case SPF_TERM_MECHANISM:
		write_mechanism(term, text);
		break;
	case SPF_TERM_REDIRECT:
		buffer_puts(text, "redirect=");
		buffer_append(text, term->domain_spec);
		break;
	case SPF_TERM_EXP:
		buffer_puts(text, "exp=");
		buffer_append(text, term->domain_spec);
		break;
	case SPF_TERM_UNKNOWN_MODIFIER:
	case SPF_TERM_INVALID:
		buffer_append(text, term->text);
		break;
	}
}

void spf_record_write(const struct spf_record *record, struct buffer *text)
{
	buffer_puts(text, "v=spf1");
	for (size_t i = 0; i < record->term_count; i++) {
		buffer_putc(text, ' ');
		write_term(&record->terms[i], text);
	}
}
