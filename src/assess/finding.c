/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Findings: adding them, and filling their texts. */
#include "assess/finding.h"

#include <stdarg.h>
#include <stdio.h>

/* Longest single value or piece of evidence; what is longer is cut and marked. */
#define VALUE_MAX 2000

struct span finding_value(const struct finding *finding, struct span name)
{
	for (size_t i = 0; i < finding->args.len; i++) {
		const struct template_arg *arg =
			VECTOR_AT(&finding->args, const struct template_arg, i);
		if (span_equal(arg->name, name)) {
			return arg->value;
		}
	}
	return SPAN("");
}

static void put_arg(struct assessment *a, struct finding *finding, struct span name,
		    struct span value)
{
	if (finding_value(finding, name).len > 0) {
		return;
	}
	struct template_arg *arg =
		VECTOR_PUSH(&finding->args, a->arena, struct template_arg, FINDING_MAX_ARGS);
	if (arg != NULL) {
		*arg = (struct template_arg){name, value};
	}
}

struct finding *finding_add(struct assessment *a, enum finding_id id, struct span subject)
{
	struct finding *finding = arena_alloc(a->arena, sizeof(*finding));
	if (finding == NULL) {
		return a->spare_finding;
	}
	struct finding **slot = VECTOR_PUSH(&a->findings, a->arena, struct finding *, FINDING_MAX);
	if (slot == NULL) {
		return a->spare_finding;
	}
	*slot = finding;
	finding->id = id;
	finding->guidance = guidance_get(id);
	finding->severity = finding->guidance->severity;
	finding->subject = subject;
	finding->count = 1;
	put_arg(a, finding, SPAN("domain"), a->unicode);
	put_arg(a, finding, SPAN("subject"), subject);
	return finding;
}

struct finding *finding_again(struct assessment *a, enum finding_id id, struct span subject,
			      const struct template_arg *arg)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		struct finding *finding = *VECTOR_AT(&a->findings, struct finding *, i);
		if (finding->id == id && span_equal(finding->subject, subject) &&
		    span_equal_nocase(finding_value(finding, arg->name), arg->value)) {
			finding->count++;
			return finding;
		}
	}
	return NULL;
}

static struct span format_value(struct arena *arena, const char *format, va_list args)
	PRINTF_LIKE(2, 0);

/* Formatted text in the arena, cut at VALUE_MAX. */
static struct span format_value(struct arena *arena, const char *format, va_list args)
{
	char text[VALUE_MAX];
	int len = vsnprintf(text, sizeof(text), format, args);
	if (len < 0) {
		return span_of(NULL, 0);
	}
	if ((size_t)len < sizeof(text)) {
		return arena_copy(arena, span_of(text, (size_t)len));
	}
	return arena_printf(arena, "%s...", text);
}

void finding_arg(struct assessment *a, struct finding *finding, const char *name,
		 const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct span value = format_value(a->arena, format, args);
	va_end(args);
	put_arg(a, finding, span_of_string(name), value);
}

void finding_evidence(struct assessment *a, struct finding *finding, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct span value = format_value(a->arena, format, args);
	va_end(args);
	struct span *slot =
		VECTOR_PUSH(&finding->evidence, a->arena, struct span, FINDING_MAX_EVIDENCE);
	if (slot != NULL) {
		*slot = value;
	}
}

static struct span fill(struct arena *arena, const struct finding *finding, struct span text)
{
	return template_fill(arena, text, finding->args.items, finding->args.len, NULL);
}

struct span finding_title(struct arena *arena, const struct finding *finding)
{
	return fill(arena, finding, finding->guidance->title);
}

struct span finding_recommendation(struct arena *arena, const struct finding *finding)
{
	return fill(arena, finding, finding->guidance->recommendation);
}

struct span finding_implementation(struct arena *arena, const struct finding *finding)
{
	return fill(arena, finding, finding->guidance->implementation);
}

const struct finding *finding_find(const struct assessment *a, enum finding_id id)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		if (finding_at(a, i)->id == id) {
			return finding_at(a, i);
		}
	}
	return NULL;
}
