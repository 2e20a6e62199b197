/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which changes are worth a notice, and their words. */
#include "service/watch_notices.h"

#include "base/json.h"
#include "facts/facts.h"

#define DAY_SECONDS 86400
#define BODY_BYTES ((size_t)NOTICE_MAX_BODY)
/* Advice in full for so many findings; a domain that fell apart needs no book by mail. */
#define ADVISED_FINDINGS 5

/* Days before a certificate's end at which it is told, once each. */
static const int64_t ending_days[] = {1, 3, 7, 14};

enum notice_kind {
	NOTICE_WORSE,
	NOTICE_BETTER,
	NOTICE_EXPIRING,
	NOTICE_POLICY,
	NOTICE_SENDER,
	NOTICE_SILENCE,
};

static const struct {
	const char *name;
	enum sentence_id title;
} kinds[] = {
	[NOTICE_WORSE] = {"worse", SENTENCE_NOTICE_WORSE},
	[NOTICE_BETTER] = {"better", SENTENCE_NOTICE_BETTER},
	[NOTICE_EXPIRING] = {"expiring", SENTENCE_NOTICE_EXPIRING},
	[NOTICE_POLICY] = {"policy", SENTENCE_NOTICE_POLICY},
	[NOTICE_SENDER] = {"sender", SENTENCE_NOTICE_SENDER},
	[NOTICE_SILENCE] = {"silence", SENTENCE_NOTICE_SILENCE},
};

/* New findings that have a kind of their own. */
static const struct {
	const char *id;
	enum notice_kind kind;
} own_kinds[] = {
	{"dmarc-reports-silent", NOTICE_SILENCE},
	{"tls-certificate-ending", NOTICE_EXPIRING},
};

struct making {
	struct arena *arena;
	const struct watch_look *look;
	struct notice *notices;
	size_t count;
	bool is_failed;
};

/* What one notice tells. */
struct telling {
	enum notice_kind kind;
	struct span name;  /* of the title's sentence; may be empty */
	struct span after; /* likewise */
	struct span key;
	bool has_changes; /* everything that changed belongs to it */
	bool is_once;
	/* The one finding it is about, without has_changes; may be NULL. */
	const struct standing_finding *finding;
};

static struct span title_of(const struct making *making, const struct telling *telling)
{
	const struct template_arg args[] = {
		{SPAN("domain"), making->look->assessment->unicode},
		{SPAN("name"), telling->name},
		{SPAN("after"), telling->after},
	};
	return template_fill(making->arena, sentence_get(kinds[telling->kind].title), args,
			     sizeof(args) / sizeof(args[0]), NULL);
}

/* The finding with its advice, as the judgement has it; NULL for one that is gone. */
static const struct finding *full_finding(const struct assessment *a,
					  const struct standing_finding *wanted)
{
	for (size_t i = 0; i < finding_count(a); i++) {
		const struct finding *finding = finding_at(a, i);
		if (span_equal(finding->guidance->id, wanted->id) &&
		    span_equal(finding->subject, wanted->subject)) {
			return finding;
		}
	}
	return NULL;
}

static bool is_told(const struct standing_finding *finding)
{
	return finding->severity >= SEVERITY_LOW;
}

/* ---- the text ---- */

static void write_advice(const struct making *making, struct buffer *text,
			 const struct standing_finding *finding)
{
	const struct finding *full = full_finding(making->look->assessment, finding);
	if (full == NULL) {
		return;
	}
	buffer_printf(text, "    %.*s\n    What to do: %.*s\n",
		      SPAN_ARG(finding_recommendation(making->arena, full)),
		      SPAN_ARG(finding_implementation(making->arena, full)));
}

static void write_finding(const struct making *making, struct buffer *text,
			  const struct standing_finding *finding, bool is_new, bool is_advised)
{
	buffer_printf(text, "  %s (%s): %.*s\n", is_new ? "New" : "Gone",
		      severity_name(finding->severity), SPAN_ARG(finding->title));
	if (is_new && is_advised) {
		write_advice(making, text, finding);
	}
}

static void write_answer(struct buffer *text, const char *what, enum answer before,
			 enum answer after)
{
	if (before != after && after != ANSWER_UNKNOWN) {
		buffer_printf(text, "  %s: was %s, now %s\n", what, answer_name(before),
			      answer_name(after));
	}
}

static void write_changes(const struct making *making, struct buffer *text)
{
	const struct change *change = making->look->change;
	size_t advised = 0;
	for (size_t i = 0; i < change->records.len; i++) {
		buffer_printf(text, "  %.*s\n",
			      SPAN_ARG(VECTOR_AT(&change->records, const struct changed_record, i)
					       ->sentence));
	}
	write_answer(text, "Can be spoofed", change->before.standing->spoofable.answer,
		     change->after.standing->spoofable.answer);
	write_answer(text, "Can be intercepted", change->before.standing->interceptable.answer,
		     change->after.standing->interceptable.answer);
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		if (is_told(changed->finding)) {
			write_finding(making, text, changed->finding, changed->is_new,
				      advised < ADVISED_FINDINGS);
			advised += changed->is_new ? 1 : 0;
		}
	}
}

/* ---- the JSON ---- */

static void put_finding(const struct making *making, struct json_writer *json,
			const struct standing_finding *finding, bool is_new)
{
	const struct finding *full = full_finding(making->look->assessment, finding);
	json_object_begin(json);
	json_key_string(json, "change", is_new ? SPAN("new") : SPAN("gone"));
	json_key_string(json, "id", finding->id);
	json_key_string(json, "control", span_of_string(control_name(finding->control)));
	json_key_string(json, "severity", span_of_string(severity_name(finding->severity)));
	json_key_string(json, "subject", finding->subject);
	json_key_string(json, "title", finding->title);
	if (is_new && full != NULL) {
		json_key_string(json, "recommendation",
				finding_recommendation(making->arena, full));
		json_key_string(json, "implementation",
				finding_implementation(making->arena, full));
	}
	json_object_end(json);
}

static void put_changes(const struct making *making, struct json_writer *json,
			const struct telling *telling)
{
	const struct change *change = making->look->change;
	json_key(json, "changes");
	json_array_begin(json);
	for (size_t i = 0; telling->has_changes && i < change->records.len; i++) {
		json_put_string(
			json,
			VECTOR_AT(&change->records, const struct changed_record, i)->sentence);
	}
	json_array_end(json);
	json_key(json, "findings");
	json_array_begin(json);
	for (size_t i = 0; telling->has_changes && i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		if (is_told(changed->finding)) {
			put_finding(making, json, changed->finding, changed->is_new);
		}
	}
	if (telling->finding != NULL) {
		put_finding(making, json, telling->finding, /* is_new: */ true);
	}
	json_array_end(json);
}

static void write_json(const struct making *making, struct buffer *body,
		       const struct telling *telling, struct span title)
{
	const struct watch_look *look = making->look;
	struct json_writer json = json_writer_new(body, 0);
	json_object_begin(&json);
	json_key_string(&json, "kind", span_of_string(kinds[telling->kind].name));
	json_key_string(&json, "domain", look->item->domain);
	json_key_string(&json, "owner", look->item->owner);
	json_key_string(&json, "group", look->item->group);
	json_key_string(&json, "at", span_of_string(time_format(look->at).text));
	json_key_string(&json, "title", title);
	put_changes(making, &json, telling);
	json_object_end(&json);
}

/* A body that would be too long says less: the title and what changed in short stay. */
static void write_body(const struct making *making, const struct telling *telling,
		       struct buffer *body)
{
	struct span title = title_of(making, telling);
	buffer_printf(body, "%.*s (%s)\n", SPAN_ARG(title), time_format(making->look->at).text);
	if (telling->has_changes) {
		write_changes(making, body);
	}
	if (telling->finding != NULL) {
		write_finding(making, body, telling->finding, /* is_new: */ true,
			      /* is_advised: */ true);
	}
	buffer_putc(body, WATCH_BODY_SEPARATOR);
	write_json(making, body, telling, title);
}

static void add(struct making *making, const struct telling *telling)
{
	if (making->count == WATCH_MAX_NOTICES) {
		return;
	}
	struct buffer body = buffer_new(BODY_BYTES);
	write_body(making, telling, &body);
	if (body.is_failed) {
		struct telling shorter = *telling;
		shorter.has_changes = false;
		buffer_clear(&body);
		write_body(making, &shorter, &body);
	}
	making->is_failed |= body.is_failed;
	making->notices[making->count++] = (struct notice){
		.at = making->look->at,
		.key = telling->key,
		.body = arena_copy(making->arena, buffer_span(&body)),
		.is_once = telling->is_once,
	};
	buffer_free(&body);
}

/* ---- what is worth it ---- */

static bool find_own_kind(const struct standing_finding *finding, enum notice_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(own_kinds) / sizeof(own_kinds[0]); i++) {
		if (span_equal(finding->id, span_of_string(own_kinds[i].id))) {
			*ret_kind = own_kinds[i].kind;
			return true;
		}
	}
	return false;
}

/* The same set of changes has the same key, so that something that flaps is told once a window. */
static struct span key_of_changes(const struct making *making, enum notice_kind kind)
{
	const struct change *change = making->look->change;
	uint64_t hash = FNV_BASIS;
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		hash = fnv_add(hash, changed->finding->id);
		hash = fnv_add(hash, changed->is_new ? SPAN("+") : SPAN("-"));
	}
	return arena_printf(making->arena, "%s %016llx", kinds[kind].name,
			    (unsigned long long)hash);
}

static bool has_other_news(const struct change *change)
{
	const struct standing *before = change->before.standing;
	const struct standing *after = change->after.standing;
	bool has_news = before->spoofable.answer != after->spoofable.answer ||
			before->interceptable.answer != after->interceptable.answer;
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		enum notice_kind kind;
		has_news |= is_told(changed->finding) && !find_own_kind(changed->finding, &kind);
	}
	return has_news;
}

static void add_direction(struct making *making)
{
	const struct change *change = making->look->change;
	if (change->direction == CHANGE_NEUTRAL || !has_other_news(change)) {
		return;
	}
	enum notice_kind kind = change->direction == CHANGE_BETTER ? NOTICE_BETTER : NOTICE_WORSE;
	add(making, &(struct telling){.kind = kind,
				      .key = key_of_changes(making, kind),
				      .has_changes = true});
}

static void add_silence(struct making *making)
{
	const struct change *change = making->look->change;
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		enum notice_kind kind;
		if (changed->is_new && find_own_kind(changed->finding, &kind) &&
		    kind == NOTICE_SILENCE) {
			add(making, &(struct telling){.kind = kind,
						      .key = SPAN("silence"),
						      .finding = changed->finding});
		}
	}
}

static void add_policy(struct making *making)
{
	const struct change *change = making->look->change;
	for (size_t i = 0; i < change->records.len; i++) {
		const struct changed_record *record =
			VECTOR_AT(&change->records, const struct changed_record, i);
		if (record->told_as == SENTENCE_CHANGE_POLICY_WITHOUT_ID) {
			add(making, &(struct telling){.kind = NOTICE_POLICY,
						      .key = SPAN("policy"),
						      .has_changes = true});
		}
	}
}

static const struct reported *reports_in(const struct facts *facts, struct span domain)
{
	struct fact_key key = {FACT_REPORTED, 0, domain};
	const struct fact *fact = facts != NULL ? facts_get(facts, key) : NULL;
	return fact != NULL && fact_is_present(fact) ? fact->reported : NULL;
}

static bool knows_sender(const struct reported *reported, struct span name)
{
	for (size_t i = 0; i < reported->sender_count; i++) {
		if (span_equal(reported->senders[i].name, name)) {
			return true;
		}
	}
	return false;
}

/* Only against a look that knew of reports: the first ones would all be new. */
static void add_senders(struct making *making)
{
	struct span domain = making->look->item->domain;
	const struct reported *before = reports_in(making->look->before, domain);
	const struct reported *after = reports_in(making->look->facts, domain);
	for (size_t i = 0; before != NULL && after != NULL && i < after->sender_count; i++) {
		const struct reported_sender *sender = &after->senders[i];
		if (span_equal(sender->class, SPAN("forwarded")) ||
		    knows_sender(before, sender->name)) {
			continue;
		}
		add(making, &(struct telling){
				    .kind = NOTICE_SENDER,
				    .name = sender->name,
				    .key = arena_printf(making->arena, "sender %.*s",
							SPAN_ARG(span_slice(sender->name, 0, 300))),
				    .is_once = true});
	}
}

/* The nearest of the days told that has come; 0: none has. */
static int64_t due_day(int64_t seconds_left)
{
	for (size_t i = 0; i < sizeof(ending_days) / sizeof(ending_days[0]); i++) {
		if (seconds_left <= ending_days[i] * DAY_SECONDS) {
			return ending_days[i];
		}
	}
	return 0;
}

static void add_endings(struct making *making, const struct standing *standing)
{
	for (size_t i = 0; i < standing->traits.len; i++) {
		const struct trait *trait = standing_trait_at(standing, i);
		int64_t days = trait->kind == TRAIT_CERTIFICATE
				       ? due_day(trait->number - making->look->at)
				       : 0;
		if (days == 0) {
			continue;
		}
		struct span day =
			arena_printf(making->arena, "%.10s", time_format(trait->number).text);
		add(making,
		    &(struct telling){.kind = NOTICE_EXPIRING,
				      .name = trait->name,
				      .after = day,
				      .key = arena_printf(making->arena, "expiring %.*s %.*s %lld",
							  SPAN_ARG(span_slice(trait->name, 0, 255)),
							  SPAN_ARG(day), (long long)days),
				      .is_once = true});
	}
}

const struct notice *watch_notices(struct arena *arena, const struct watch_look *look,
				   size_t *ret_count)
{
	struct making making = {.arena = arena, .look = look};
	making.notices = arena_alloc(arena, WATCH_MAX_NOTICES * sizeof(*making.notices));
	const struct standing *standing = look->change != NULL
						  ? look->change->after.standing
						  : standing_of(arena, look->assessment);
	if (making.notices == NULL || standing == NULL) {
		return NULL;
	}
	if (look->change != NULL) {
		add_direction(&making);
		add_policy(&making);
		add_silence(&making);
		add_senders(&making);
	}
	add_endings(&making, standing);
	if (making.is_failed || arena_has_failed(arena)) {
		return NULL;
	}
	*ret_count = making.count;
	return making.notices;
}
