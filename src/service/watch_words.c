/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From what a notice tells to its text and its JSON. */
#include "service/watch_words.h"

#include "base/json.h"

/* A head that would be longer leaves out what changed; the title stays. */
#define HEAD_BYTES ((size_t)NOTICE_MAX_BODY / 2)
/* Records quoted in full; a zone that was replaced needs no book by mail. */
#define HEAD_RECORDS 20
/* New findings told with their advice. */
#define ADVISED_FINDINGS 12
/* Parts beside the findings: the verdicts, and how many more there are. */
#define MORE_PARTS 3
/* Kept for that last line. */
#define LAST_BYTES 256

static const struct {
	const char *name;
	enum sentence_id title;
	bool has_advice; /* of its own; others have it in their findings */
	enum sentence_id advice;
} kinds[] = {
	[WATCH_WORSE] = {"worse", SENTENCE_NOTICE_WORSE, false, 0},
	[WATCH_BETTER] = {"better", SENTENCE_NOTICE_BETTER, false, 0},
	[WATCH_EXPIRING] = {"expiring", SENTENCE_NOTICE_EXPIRING, true,
			    SENTENCE_NOTICE_EXPIRING_ADVICE},
	[WATCH_EXCEPTION] = {"expiring", SENTENCE_NOTICE_EXCEPTION, true,
			     SENTENCE_NOTICE_EXCEPTION_ADVICE},
	[WATCH_POLICY] = {"policy", SENTENCE_NOTICE_POLICY, true, SENTENCE_NOTICE_POLICY_ADVICE},
	[WATCH_SENDER] = {"sender", SENTENCE_NOTICE_SENDER, true, SENTENCE_NOTICE_SENDER_ADVICE},
	[WATCH_SILENCE] = {"silence", SENTENCE_NOTICE_SILENCE, false, 0},
};

static const struct {
	const char *id;
	enum watch_kind kind;
} own_kinds[] = {
	{"dmarc-reports-silent", WATCH_SILENCE},
	{"tls-certificate-ending", WATCH_EXPIRING},
};

struct wording {
	struct arena *arena;
	const struct watch_look *look;
	const struct watch_telling *telling;
	struct notice_part *parts;
	size_t part_count;
	size_t part_max;
	size_t room; /* octets that parts may still take */
	size_t advised;
	size_t left; /* findings without room */
};

const char *watch_kind_name(enum watch_kind kind)
{
	return kinds[kind].name;
}

bool watch_is_told(const struct standing_finding *finding)
{
	return finding->severity >= SEVERITY_LOW;
}

bool watch_own_kind(const struct standing_finding *finding, enum watch_kind *ret_kind)
{
	for (size_t i = 0; i < sizeof(own_kinds) / sizeof(own_kinds[0]); i++) {
		if (span_equal(finding->id, span_of_string(own_kinds[i].id))) {
			*ret_kind = own_kinds[i].kind;
			return true;
		}
	}
	return false;
}

static struct span fill(const struct wording *wording, enum sentence_id id)
{
	const struct template_arg args[] = {
		{SPAN("domain"), wording->look->assessment->unicode},
		{SPAN("name"), wording->telling->name},
		{SPAN("after"), wording->telling->after},
		{SPAN("owner"), wording->telling->owner},
	};
	return template_fill(wording->arena, sentence_get(id), args, sizeof(args) / sizeof(args[0]),
			     NULL);
}

/* What strangers publish must neither begin a line of its own nor look like our separators. */
static void put_line(struct buffer *text, const char *before, struct span words)
{
	buffer_puts(text, before);
	for (size_t i = 0; i < words.len; i++) {
		unsigned octet = span_octet(words, i);
		buffer_putc(text, octet < 0x20 || octet == 0x7f ? ' ' : (char)octet);
	}
	buffer_putc(text, '\n');
}

/* ---- the head ---- */

static const struct changed_record *record_at(const struct wording *wording, size_t i)
{
	const struct watch_telling *telling = wording->telling;
	const struct vector *records =
		telling->has_records ? &wording->look->change->records : NULL;
	if (records != NULL && i < records->len) {
		return VECTOR_AT(records, const struct changed_record, i);
	}
	return records == NULL && i == 0 ? telling->record : NULL;
}

static void write_records(const struct wording *wording, struct buffer *text)
{
	for (size_t i = 0; i < HEAD_RECORDS && record_at(wording, i) != NULL; i++) {
		put_line(text, "  ", record_at(wording, i)->sentence);
	}
	if (record_at(wording, HEAD_RECORDS) != NULL) {
		buffer_printf(text, "  and %zu more records\n",
			      wording->look->change->records.len - HEAD_RECORDS);
	}
}

static void put_records(const struct wording *wording, struct json_writer *json)
{
	json_key(json, "changes");
	json_array_begin(json);
	for (size_t i = 0; i < HEAD_RECORDS && record_at(wording, i) != NULL; i++) {
		json_put_string(json, record_at(wording, i)->sentence);
	}
	json_array_end(json);
}

static void put_who(const struct wording *wording, struct json_writer *json, struct span title)
{
	const struct watch_look *look = wording->look;
	json_key_string(json, "kind", span_of_string(kinds[wording->telling->kind].name));
	json_key_string(json, "domain", look->item->domain);
	json_key_string(json, "owner", look->item->owner);
	json_key_string(json, "group", look->item->group);
	json_key_string(json, "at", span_of_string(time_format(look->at).text));
	json_key_string(json, "title", title);
}

static void write_head(const struct wording *wording, struct buffer *head, bool has_records)
{
	enum watch_kind kind = wording->telling->kind;
	struct span title = fill(wording, kinds[kind].title);
	struct span advice = {0};
	struct json_writer json = json_writer_new(head, 0);
	put_line(head, "",
		 arena_printf(wording->arena, "%.*s (%s)", SPAN_ARG(title),
			      time_format(wording->look->at).text));
	if (has_records) {
		write_records(wording, head);
	}
	if (kinds[kind].has_advice) {
		advice = fill(wording, kinds[kind].advice);
		put_line(head, "    What to do: ", advice);
	}
	buffer_putc(head, WATCH_BODY_SEPARATOR);
	json_object_begin(&json);
	put_who(wording, &json, title);
	if (advice.len > 0) {
		json_key_string(&json, "implementation", advice);
	}
	if (has_records) {
		put_records(wording, &json);
	}
	json_object_end(&json);
}

static bool make_head(const struct wording *wording, struct span *ret_head)
{
	struct buffer head = buffer_new(HEAD_BYTES);
	write_head(wording, &head, /* has_records: */ true);
	if (head.is_failed) {
		buffer_clear(&head);
		write_head(wording, &head, /* has_records: */ false);
	}
	bool is_ok = !head.is_failed;
	*ret_head = arena_copy(wording->arena, buffer_span(&head));
	buffer_free(&head);
	return is_ok;
}

/* ---- the parts ---- */

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

static void write_finding(const struct wording *wording, struct buffer *part,
			  const struct changed_finding *changed, const struct finding *advised)
{
	const struct standing_finding *finding = changed->finding;
	put_line(part, "",
		 arena_printf(wording->arena, "  %s (%s): %.*s", changed->is_new ? "New" : "Gone",
			      severity_name(finding->severity), SPAN_ARG(finding->title)));
	if (advised != NULL) {
		put_line(part, "    ", finding_recommendation(wording->arena, advised));
		put_line(part, "    What to do: ", finding_implementation(wording->arena, advised));
	}
}

static void put_finding(const struct wording *wording, struct buffer *part,
			const struct changed_finding *changed, const struct finding *advised)
{
	const struct standing_finding *finding = changed->finding;
	struct json_writer json = json_writer_new(part, 0);
	json_object_begin(&json);
	json_key_string(&json, "change", changed->is_new ? SPAN("new") : SPAN("gone"));
	json_key_string(&json, "id", finding->id);
	json_key_string(&json, "control", span_of_string(control_name(finding->control)));
	json_key_string(&json, "severity", span_of_string(severity_name(finding->severity)));
	json_key_string(&json, "subject", finding->subject);
	json_key_string(&json, "title", finding->title);
	if (advised != NULL) {
		json_key_string(&json, "recommendation",
				finding_recommendation(wording->arena, advised));
		json_key_string(&json, "implementation",
				finding_implementation(wording->arena, advised));
	}
	json_object_end(&json);
}

/* False: there is no room for it. */
static bool add_part(struct wording *wording, struct notice_part part)
{
	/* A separator stands before it, or the comma that takes its place. */
	if (wording->part_count == wording->part_max || part.body.len + 2 > wording->room) {
		return false;
	}
	wording->room -= part.body.len + 2;
	wording->parts[wording->part_count++] = part;
	return true;
}

/* `part` has the keys, and gets its body here. */
static bool try_finding(struct wording *wording, struct notice_part part,
			const struct changed_finding *changed, const struct finding *advised)
{
	struct buffer body = buffer_new(NOTICE_MAX_BODY);
	write_finding(wording, &body, changed, advised);
	buffer_putc(&body, WATCH_BODY_SEPARATOR);
	put_finding(wording, &body, changed, advised);
	part.body = arena_copy(wording->arena, buffer_span(&body));
	bool is_added = !body.is_failed && add_part(wording, part);
	buffer_free(&body);
	return is_added;
}

static void add_finding(struct wording *wording, struct notice_part part,
			const struct changed_finding *changed)
{
	const struct finding *advised =
		changed->is_new && wording->advised < ADVISED_FINDINGS
			? full_finding(wording->look->assessment, changed->finding)
			: NULL;
	bool is_added = (advised != NULL && try_finding(wording, part, changed, advised)) ||
			try_finding(wording, part, changed, /* advised: */ NULL);
	wording->advised += is_added && advised != NULL ? 1 : 0;
	wording->left += is_added ? 0 : 1;
}

/* One name's finding is one thing, whatever its title counts. */
static struct span key_of(struct arena *arena, const char *direction,
			  const struct standing_finding *finding)
{
	return arena_printf(arena, "%s %.*s %.*s", direction, SPAN_ARG(finding->id),
			    SPAN_ARG(finding->subject));
}

/* What comes back after it was told to be gone is news, and the reverse. */
static struct notice_part part_of(struct arena *arena, const struct changed_finding *changed)
{
	struct span worse = key_of(arena, "worse", changed->finding);
	struct span better = key_of(arena, "better", changed->finding);
	return changed->is_new ? (struct notice_part){.key = worse, .undoes = {better}}
			       : (struct notice_part){.key = better, .undoes = {worse}};
}

static void add_findings(struct wording *wording)
{
	const struct vector *findings = &wording->look->change->findings;
	struct span last = {0};
	for (size_t i = 0; i < findings->len; i++) {
		const struct changed_finding *changed =
			VECTOR_AT(findings, const struct changed_finding, i);
		enum watch_kind own;
		bool has_own = watch_own_kind(changed->finding, &own);
		if (!watch_is_told(changed->finding) || (has_own && changed->is_new)) {
			continue;
		}
		/* Findings of one id and subject stand together and go with the first. */
		struct notice_part part = part_of(wording->arena, changed);
		bool goes_along = has_own || span_equal(part.key, last);
		add_finding(wording, goes_along ? (struct notice_part){0} : part, changed);
		last = part.key;
	}
	if (wording->left > 0) {
		wording->room += LAST_BYTES;
		struct span body = arena_printf(wording->arena, "  and %zu more findings\n%c",
						wording->left, WATCH_BODY_SEPARATOR);
		(void)add_part(wording, (struct notice_part){.body = body});
	}
}

static struct span verdict_key(struct arena *arena, const char *what, enum answer answer)
{
	return arena_printf(arena, "%s %s", what, answer_name(answer));
}

static void add_answer(struct wording *wording, const char *what, enum answer before,
		       enum answer after)
{
	if (before == after || after == ANSWER_UNKNOWN) {
		return;
	}
	struct arena *arena = wording->arena;
	struct notice_part part = {
		.body = arena_printf(arena, "  Can be %s: was %s, now %s\n%c", what,
				     answer_name(before), answer_name(after), WATCH_BODY_SEPARATOR),
	};
	/* What was unknown before is no news by itself. */
	if (before != ANSWER_UNKNOWN) {
		part.key = verdict_key(arena, what, after);
		for (size_t i = 0; i < NOTICE_MAX_UNDOES; i++) {
			enum answer other = (enum answer)(((size_t)after + 1 + i) % ANSWER_UNKNOWN);
			part.undoes[i] = verdict_key(arena, what, other);
		}
	}
	(void)add_part(wording, part);
}

static void add_parts(struct wording *wording)
{
	const struct watch_look *look = wording->look;
	const struct watch_telling *telling = wording->telling;
	if (telling->has_findings) {
		const struct standing *before = look->change->before.standing;
		const struct standing *after = look->change->after.standing;
		add_answer(wording, "spoofed", before->spoofable.answer, after->spoofable.answer);
		add_answer(wording, "intercepted", before->interceptable.answer,
			   after->interceptable.answer);
		add_findings(wording);
	}
	if (telling->finding != NULL) {
		const struct changed_finding changed = {telling->finding, /* is_new: */ true};
		add_finding(wording, (struct notice_part){0}, &changed);
	}
}

bool watch_words(struct arena *arena, const struct watch_look *look,
		 const struct watch_telling *telling, struct notice *notice)
{
	struct wording wording = {.arena = arena, .look = look, .telling = telling};
	struct span head;
	wording.part_max = MORE_PARTS + (telling->has_findings ? look->change->findings.len : 0);
	wording.parts = arena_alloc(arena, wording.part_max * sizeof(*wording.parts));
	if (wording.parts == NULL || !make_head(&wording, &head)) {
		return false;
	}
	wording.room = NOTICE_MAX_BODY - LAST_BYTES - head.len;
	add_parts(&wording);
	*notice = (struct notice){
		.at = look->at,
		.key = telling->key,
		.body = head,
		.is_once = telling->is_once,
		.parts = wording.parts,
		.part_count = wording.part_count,
	};
	return !arena_has_failed(arena);
}
