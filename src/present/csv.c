/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* RFC 4180, safe to open in a spreadsheet. */
#include "present/csv.h"

#include "present/order.h"

static bool looks_like_formula(struct span field)
{
	return field.len > 0 && strchr("=+-@\t\r", field.ptr[0]) != NULL && field.ptr[0] != '\0';
}

/* One quoted field. Line breaks stay (RFC 4180 2.6); other controls and broken UTF-8 become spaces
 * and U+FFFD. */
void csv_field(struct buffer *text, struct span field, bool is_last)
{
	buffer_putc(text, '"');
	if (looks_like_formula(field)) {
		buffer_putc(text, '\'');
	}
	while (field.len > 0) {
		uint32_t code_point;
		size_t len = text_utf8_next(field, &code_point);
		if (len == 0) {
			buffer_puts(text, "\xef\xbf\xbd");
			len = 1;
		} else if (field.ptr[0] == '"') {
			buffer_puts(text, "\"\"");
		} else if (text_is_deceptive(code_point) && code_point != '\n') {
			buffer_putc(text, ' ');
		} else {
			buffer_append(text, span_slice(field, 0, len));
		}
		field = span_from(field, len);
	}
	buffer_puts(text, is_last ? "\"\r\n" : "\",");
}

static void write_finding(struct buffer *text, const struct assessment *a,
			  const struct finding *finding)
{
	const struct guidance *guidance = finding->guidance;
	const struct span fields[] = {
		a->domain,
		span_of_string(domain_kind_name(a->kind)),
		span_of_string(answer_name(a->spoofable.answer)),
		span_of_string(answer_name(a->interceptable.answer)),
		span_of_string(control_name(guidance->control)),
		span_of_string(severity_name(finding->severity)),
		guidance->id,
		finding->subject,
		finding_title(a->arena, finding),
		finding_recommendation(a->arena, finding),
	};
	const size_t count = sizeof(fields) / sizeof(fields[0]);
	for (size_t i = 0; i < count; i++) {
		csv_field(text, fields[i], i + 1 == count);
	}
}

void present_csv_check(const struct check_report *report, struct buffer *text)
{
	buffer_puts(text,
		    "domain,kind,spoofable,interceptable,control,severity,finding,subject,title,"
		    "recommendation\r\n");
	for (size_t i = 0; i < report->result_count; i++) {
		const struct assessment *a = report->results[i].assessment;
		size_t count;
		const struct finding *const *findings = order_findings(a, &count);
		for (size_t f = 0; f < count; f++) {
			write_finding(text, a, findings[f]);
		}
	}
}
