/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Which changes are worth a notice. */
#include "service/watch_notices.h"

#include "facts/facts.h"
#include "service/watch_words.h"

#define DAY_SECONDS 86400

/* Days before a certificate's or an exception's end at which it is told, once each. */
static const int64_t ending_days[] = {1, 3, 7, 14};

struct making {
	struct arena *arena;
	const struct watch_look *look;
	struct notice *notices;
	size_t count;
	bool is_failed;
};

static void add(struct making *making, const struct watch_telling *telling)
{
	if (making->count < WATCH_MAX_NOTICES) {
		making->is_failed |= !watch_words(making->arena, making->look, telling,
						  &making->notices[making->count]);
		making->count++;
	}
}

static bool has_turned(enum answer before, enum answer after)
{
	return before != after && before != ANSWER_UNKNOWN && after != ANSWER_UNKNOWN;
}

/* More than what has a notice of its own. */
static bool has_other_news(const struct change *change)
{
	const struct standing *before = change->before.standing;
	const struct standing *after = change->after.standing;
	bool has_news = has_turned(before->spoofable.answer, after->spoofable.answer) ||
			has_turned(before->interceptable.answer, after->interceptable.answer);
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		enum watch_kind kind;
		has_news |=
			watch_is_told(changed->finding) && !watch_own_kind(changed->finding, &kind);
	}
	return has_news;
}

static void add_direction(struct making *making)
{
	const struct change *change = making->look->change;
	if (change->direction == CHANGE_NEUTRAL || !has_other_news(change)) {
		return;
	}
	enum watch_kind kind = change->direction == CHANGE_BETTER ? WATCH_BETTER : WATCH_WORSE;
	add(making, &(struct watch_telling){.kind = kind,
					    .key = span_of_string(watch_kind_name(kind)),
					    .has_records = true,
					    .has_findings = true});
}

static void add_silence(struct making *making)
{
	const struct change *change = making->look->change;
	for (size_t i = 0; i < change->findings.len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(&change->findings, const struct changed_finding, i);
		enum watch_kind kind;
		if (changed->is_new && watch_own_kind(changed->finding, &kind) &&
		    kind == WATCH_SILENCE) {
			add(making, &(struct watch_telling){.kind = kind,
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
			/* Another text is other news. */
			unsigned long long text = fnv_add(FNV_BASIS, record->after);
			add(making,
			    &(struct watch_telling){
				    .kind = WATCH_POLICY,
				    .key = arena_printf(making->arena, "policy %016llx", text),
				    .record = record});
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
		add(making, &(struct watch_telling){
				    .kind = WATCH_SENDER,
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
		add(making, &(struct watch_telling){
				    .kind = WATCH_EXPIRING,
				    .name = trait->name,
				    .after = day,
				    .key = arena_printf(making->arena, "expiring %.*s %.*s %lld",
							SPAN_ARG(span_slice(trait->name, 0, 255)),
							SPAN_ARG(day), (long long)days),
				    .is_once = true});
	}
}

static bool has_finding(const struct standing *standing, struct span id)
{
	for (size_t i = 0; i < standing->findings.len; i++) {
		const struct standing_finding *finding =
			VECTOR_AT(&standing->findings, const struct standing_finding, i);
		if (span_equal(finding->id, id)) {
			return true;
		}
	}
	return false;
}

static void add_exception(struct making *making, const struct sector_exception *exception,
			  int64_t days)
{
	struct span day =
		arena_printf(making->arena, "%.10s", time_format(exception->expires_at).text);
	struct span id = span_slice(exception->finding, 0, 255);
	add(making, &(struct watch_telling){
			    .kind = WATCH_EXCEPTION,
			    .name = id,
			    .after = day,
			    .owner = exception->owner.len > 0 ? exception->owner : SPAN("nobody"),
			    .key = arena_printf(making->arena, "exception %.*s %.*s %lld",
						SPAN_ARG(id), SPAN_ARG(day), (long long)days),
			    .is_once = true,
		    });
}

/* What somebody answers for and is still so: when it ends, it counts again. */
static void add_exceptions(struct making *making, const struct standing *standing)
{
	const struct watch_look *look = making->look;
	for (size_t i = 0; look->exceptions != NULL && i < look->exceptions->len; i++) {
		const struct sector_exception *exception =
			VECTOR_AT(look->exceptions, const struct sector_exception, i);
		int64_t left = exception->expires_at - look->at;
		bool is_of_domain = span_equal(exception->domain, SPAN("*")) ||
				    span_equal(exception->domain, look->item->domain);
		int64_t days = is_of_domain && left >= 0 ? due_day(left) : 0;
		if (days > 0 && has_finding(standing, exception->finding)) {
			add_exception(making, exception, days);
		}
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
	add_exceptions(&making, standing);
	if (making.is_failed || arena_has_failed(arena)) {
		return NULL;
	}
	*ret_count = making.count;
	return making.notices;
}
