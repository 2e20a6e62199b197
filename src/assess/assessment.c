/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What every assessor uses to ask, to doubt and to conclude. */
#include "assess/assessment.h"

#include "assess/finding.h"

const struct fact *assessment_dns(struct assessment *a, struct span name, uint16_t type)
{
	return inquire_dns(a->inquiry, name, type);
}

static bool is_noted(const struct assessment *a, enum control control, struct span subject)
{
	for (size_t i = 0; i < a->unknowns.len; i++) {
		const struct unknown *unknown = VECTOR_AT(&a->unknowns, struct unknown, i);
		if (unknown->control == control && span_equal(unknown->subject, subject)) {
			return true;
		}
	}
	return false;
}

static void note(struct assessment *a, struct unknown noted)
{
	if (is_noted(a, noted.control, noted.subject)) {
		return;
	}
	struct unknown *unknown =
		VECTOR_PUSH(&a->unknowns, a->arena, struct unknown, ASSESS_MAX_UNKNOWNS);
	if (unknown != NULL) {
		*unknown = noted;
	}
}

void unknown_note(struct assessment *a, enum control control, struct span subject,
		  struct span reason)
{
	note(a, (struct unknown){control, subject, reason, reason});
}

void unknown_add(struct assessment *a, enum control control, const struct fact *fact)
{
	if (fact->state == FACT_WANTED) {
		return; /* not an answer yet; this run will be repeated */
	}
	struct span cause = span_of_string(fact_failure_explain(fact->failure));
	struct span reason = cause;
	if (fact->detail.len > 0) {
		reason = arena_printf(a->arena, "%.*s (%.*s)", SPAN_ARG(cause),
				      SPAN_ARG(fact->detail));
	}
	note(a, (struct unknown){control, fact_key_text(a->arena, fact->key), reason, cause});
}

bool assessment_has_unknown(const struct assessment *a, enum control control)
{
	for (size_t i = 0; i < a->unknowns.len; i++) {
		if (VECTOR_AT(&a->unknowns, struct unknown, i)->control == control) {
			return true;
		}
	}
	return false;
}

static enum severity worst_severity(const struct assessment *a, enum control control)
{
	enum severity worst = SEVERITY_GOOD;
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		if (finding->guidance->control == control && finding->severity > worst) {
			worst = finding->severity;
		}
	}
	return worst;
}

enum control_status assessment_status(const struct assessment *a, enum control control)
{
	if (a->is_absent[control]) {
		return CONTROL_ABSENT;
	}
	enum severity worst = worst_severity(a, control);
	if (worst >= SEVERITY_HIGH) {
		return CONTROL_BAD;
	}
	if (a->is_unmeasured[control] || assessment_has_unknown(a, control)) {
		return CONTROL_UNKNOWN;
	}
	return worst >= SEVERITY_LOW ? CONTROL_IMPROVE : CONTROL_GOOD;
}

const char *control_status_name(enum control_status status)
{
	static const char *const names[] = {
		[CONTROL_GOOD] = "good",     [CONTROL_IMPROVE] = "improve", [CONTROL_BAD] = "bad",
		[CONTROL_ABSENT] = "absent", [CONTROL_UNKNOWN] = "unknown",
	};
	return names[status];
}

const char *domain_kind_name(enum domain_kind kind)
{
	static const char *const names[] = {
		[DOMAIN_SENDING] = "sending",	      [DOMAIN_RECEIVING] = "receiving",
		[DOMAIN_PARKED] = "parked",	      [DOMAIN_UNDECLARED] = "undeclared",
		[DOMAIN_NONEXISTENT] = "nonexistent", [DOMAIN_PUBLIC_SUFFIX] = "public-suffix",
		[DOMAIN_UNKNOWN] = "unknown",
	};
	return names[kind];
}

const char *answer_name(enum answer answer)
{
	static const char *const names[] = {
		[ANSWER_YES] = "yes",
		[ANSWER_PARTLY] = "partly",
		[ANSWER_NO] = "no",
		[ANSWER_UNKNOWN] = "unknown",
	};
	return names[answer];
}
