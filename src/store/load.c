/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Reports and their rows into the database, each report once. */
#include "store/flags.h"
#include "store/internal.h"

#define COUNT_MAX INT64_C(1000000000000)

static int64_t clip_count(uint64_t count)
{
	return count > (uint64_t)COUNT_MAX ? COUNT_MAX : (int64_t)count;
}

/* Days before 1970 and after the year 12000 are nobody's: they are kept at the ends. */
static int64_t day_of(int64_t begin_at, int64_t end_at)
{
	int64_t day = (begin_at + (end_at - begin_at) / 2) / STORE_DAY_SECONDS;
	return day < 0 ? 0 : day > STORE_DAY_MAX ? STORE_DAY_MAX : day;
}

int store_begin(struct store *store, struct failure *reterr)
{
	int r = store_words_prepare(store, reterr);
	if (r == 0) {
		r = store->driver->class->script(store->driver, store->driver->class->begin_sql,
						 reterr);
	}
	if (r == 0) {
		store->is_in_batch = true;
		r = store->driver->class->script(store->driver, store->driver->class->writer_sql,
						 reterr);
	}
	if (r == 0) {
		store->first_unsummed = 0;
		/* SQLite's ids are counted on from the table, which another program may have
		 * changed. */
		store->report_ids_left = store->driver->class->ids_per_block == INT64_MAX
						 ? 0
						 : store->report_ids_left;
	}
	return r;
}

int store_commit(struct store *store, struct failure *reterr)
{
	int r = store_rollup(store, reterr);
	if (r == 0) {
		r = store->driver->class->facts_flush(store->driver, reterr);
	}
	if (r == 0) {
		r = store->driver->class->script(store->driver, "COMMIT", reterr);
	}
	if (r < 0) {
		store_rollback(store);
	}
	store->is_in_batch = false;
	return r;
}

void store_rollback(struct store *store)
{
	struct failure ignored;
	(void)store->driver->class->facts_take_back(store->driver, 0);
	(void)store->driver->class->script(store->driver, "ROLLBACK", &ignored);
	store->report.is_open = false;
	store->is_in_batch = false;
	store_words_forget(store);
}

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

static int next_report_id(struct store *store, int64_t *ret_id, struct failure *reterr)
{
	const struct driver_class *class = store->driver->class;
	if (store->report_ids_left == 0) {
		struct driver_query query = {.sql = class->next_ids_sql,
					     .each = take_integer,
					     .context = &store->next_report_id};
		int r = store_rollup(store, reterr);
		if (r == 0) {
			r = store_query(store, &query, reterr);
		}
		if (r < 0) {
			return r;
		}
		store->report_ids_left = class->ids_per_block;
	}
	store->report_ids_left--;
	*ret_id = store->next_report_id++;
	if (store->first_unsummed == 0) {
		store->first_unsummed = *ret_id;
	}
	return 0;
}

int store_report_begin(struct store *store, const struct store_report *report,
		       struct failure *reterr)
{
	struct open_report *open = &store->report;
	*open = (struct open_report){
		.is_open = true,
		.kind = report->kind,
		.day = day_of(report->begin_at, report->end_at),
		.mark = store->driver->class->facts_mark(store->driver),
	};
	int r = next_report_id(store, &open->id, reterr);
	return r < 0 ? r
		     : store_word(store, &store->domains, report->domain, LIMIT_NAME_TEXT,
				  &open->domain, reterr);
}

static void add_to_sum(struct report_sum *sum, const struct store_row *row, int64_t messages)
{
	bool has_dkim = row->dkim == STORE_RESULT_PASS;
	bool has_spf = row->spf == STORE_RESULT_PASS;
	sum->row_count++;
	sum->messages += messages;
	sum->both_pass += has_dkim && has_spf ? messages : 0;
	sum->dkim_pass += has_dkim && !has_spf ? messages : 0;
	sum->spf_pass += has_spf && !has_dkim ? messages : 0;
	sum->quarantined += row->disposition == STORE_DISPOSITION_QUARANTINE ? messages : 0;
	sum->rejected += row->disposition == STORE_DISPOSITION_REJECT ? messages : 0;
}

int store_row_add(struct store *store, const struct store_row *row, struct failure *reterr)
{
	struct open_report *open = &store->report;
	struct driver_fact fact = {
		.day = open->day,
		.domain = open->domain,
		.report = open->id,
		.seq = open->next_seq++,
		.source = row->source,
		.messages = clip_count(row->messages),
	};
	struct pattern pattern = {.flags = flags_pack(row)};
	const struct {
		struct span text;
		size_t max_len;
	} words[PATTERN_WORDS] = {
		{row->header_from, STORE_TEXT_MAX}, {row->envelope_from, STORE_TEXT_MAX},
		{row->envelope_to, STORE_TEXT_MAX}, {row->evidence, STORE_EVIDENCE_MAX},
		{row->reasons, STORE_TEXT_MAX},
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < PATTERN_WORDS; i++) {
		r = store_word(store, &store->words, words[i].text, words[i].max_len,
			       &pattern.words[i], reterr);
	}
	if (r == 0) {
		r = store_pattern(store, &pattern, &fact.pattern, reterr);
	}
	add_to_sum(&open->sum, row, fact.messages);
	return r == 0 ? store->driver->class->fact_add(store->driver, &fact, reterr) : r;
}

int store_detail_add(struct store *store, const struct store_detail *detail, struct failure *reterr)
{
	struct open_report *open = &store->report;
	struct driver_value values[5 + STORE_DETAIL_WORDS] = {
		driver_integer(open->day), driver_integer(open->domain), driver_integer(open->id),
		driver_integer(open->next_seq++)};
	int r = 0;
	for (size_t i = 0; r == 0 && i < STORE_DETAIL_WORDS; i++) {
		int64_t id = 0;
		r = store_word(store, &store->words, detail->words[i], STORE_TEXT_MAX, &id, reterr);
		values[4 + i] = driver_integer(id);
	}
	values[4 + STORE_DETAIL_WORDS] = driver_integer(clip_count(detail->count));
	open->sum.row_count++;
	open->sum.messages += clip_count(detail->count);
	struct driver_query query = {
		.sql = "INSERT INTO detail (day, domain, report, seq, word0, word1, word2, word3,"
		       " word4, word5, amount)"
		       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
		.values = values,
		.count = sizeof(values) / sizeof(values[0])};
	return r == 0 ? store_query(store, &query, reterr) : r;
}

/* The key of the open report's rows, as three values. */
struct row_key {
	struct driver_value values[3];
};

static struct row_key key_of(const struct open_report *open)
{
	return (struct row_key){{driver_integer(open->day), driver_integer(open->domain),
				 driver_integer(open->id)}};
}

static int delete_rows(struct store *store, struct failure *reterr)
{
	struct open_report *open = &store->report;
	if (store->driver->class->facts_take_back(store->driver, open->mark) &&
	    open->kind == STORE_AGGREGATE) {
		return 0;
	}
	struct row_key key = key_of(open);
	struct driver_query query = {
		.sql = open->kind == STORE_AGGREGATE
			       ? "DELETE FROM fact WHERE day = $1 AND domain = $2 AND report = $3"
			       : "DELETE FROM detail WHERE day = $1 AND domain = $2 AND report = "
				 "$3",
		.values = key.values,
		.count = 3};
	return store_query(store, &query, reterr);
}

int store_report_discard(struct store *store, struct failure *reterr)
{
	int r = delete_rows(store, reterr);
	store->report.is_open = false;
	return r;
}

/* Rows were written under what the beginning of the report said; the end knows better. */
static int move_rows(struct store *store, int64_t day, int64_t domain, struct failure *reterr)
{
	struct open_report *open = &store->report;
	if (open->day == day && open->domain == domain) {
		return 0;
	}
	struct driver_value values[] = {driver_integer(day), driver_integer(domain),
					driver_integer(open->day), driver_integer(open->domain),
					driver_integer(open->id)};
	struct driver_query query = {
		.sql = open->kind == STORE_AGGREGATE
			       ? "UPDATE fact SET day = $1, domain = $2"
				 " WHERE day = $3 AND domain = $4 AND report = $5"
			       : "UPDATE detail SET day = $1, domain = $2"
				 " WHERE day = $3 AND domain = $4 AND report = $5",
		.values = values,
		.count = 5};
	int r = store->driver->class->facts_flush(store->driver, reterr);
	open->day = day;
	open->domain = domain;
	return r == 0 ? store_query(store, &query, reterr) : r;
}

struct ledger_answer {
	bool is_new;
	int64_t version;
};

static int take_ledger_answer(void *context, const struct driver_row *row)
{
	struct ledger_answer *answer = context;
	answer->is_new = true;
	answer->version = row->values[0].integer;
	return 0;
}

/* version: how many reports of the same identity were there before. */
static const char add_report_sql[] =
	"INSERT INTO report (domain, begin_at, end_at, kind, reporter, external_id, content, id,"
	" day, row_count, message_count, contact, policy, origin, stored_at, authenticity,"
	" mail_from, version)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,"
	" (SELECT count(*) FROM report r WHERE r.domain = $1 AND r.begin_at = $2 AND"
	" r.end_at = $3 AND r.kind = $4 AND r.reporter = $5 AND r.external_id = $6))"
	" ON CONFLICT DO NOTHING RETURNING version";

static int add_to_ledger(struct store *store, const struct store_report *report,
			 struct ledger_answer *ret_answer, struct failure *reterr)
{
	struct open_report *open = &store->report;
	int64_t reporter;
	int64_t contact;
	int64_t policy;
	int64_t mail_from;
	int r = store_word(store, &store->words, report->reporter, STORE_TEXT_MAX, &reporter,
			   reterr);
	if (r == 0) {
		r = store_word(store, &store->words, report->contact, STORE_TEXT_MAX, &contact,
			       reterr);
	}
	if (r == 0) {
		r = store_word(store, &store->words, report->policy, STORE_TEXT_MAX, &policy,
			       reterr);
	}
	if (r == 0) {
		r = store_word(store, &store->words, report->mail_from, STORE_TEXT_MAX, &mail_from,
			       reterr);
	}
	if (r < 0) {
		return r;
	}
	struct buffer id_text = buffer_new(STORE_TEXT_MAX + 8);
	struct buffer origin_text = buffer_new(STORE_TEXT_MAX + 8);
	struct driver_value values[] = {
		driver_integer(open->domain),
		driver_integer(report->begin_at),
		driver_integer(report->end_at),
		driver_integer((int64_t)report->kind),
		driver_integer(reporter),
		driver_text(store_clean_text(report->id, STORE_TEXT_MAX, &id_text)),
		driver_octets(report->content),
		driver_integer(open->id),
		driver_integer(open->day),
		driver_integer(open->sum.row_count),
		driver_integer(open->sum.messages),
		driver_integer(contact),
		driver_integer(policy),
		driver_text(store_clean_text(report->origin, STORE_TEXT_MAX, &origin_text)),
		driver_integer(report->stored_at),
		driver_integer((int64_t)report->authenticity),
		driver_integer(mail_from),
	};
	struct driver_query query = {add_report_sql, values, sizeof(values) / sizeof(values[0]),
				     take_ledger_answer, ret_answer};
	r = store_query(store, &query, reterr);
	buffer_free(&id_text);
	buffer_free(&origin_text);
	return r;
}

/* Earlier reports under the identity of $3. One that does not count holds nothing. */
#define EARLIER                                                                                    \
	" report mine JOIN report theirs ON theirs.domain = mine.domain"                           \
	" AND theirs.begin_at = mine.begin_at AND theirs.end_at = mine.end_at"                     \
	" AND theirs.kind = mine.kind AND theirs.reporter = mine.reporter"                         \
	" AND theirs.external_id = mine.external_id AND theirs.id <> mine.id AND " COUNTS(         \
		"theirs")

/* Rows of the open report that an earlier one has too. What is held is looked through once and not
 * for each row: two large reports must not cost the product of their rows. IS TRUE is there for
 * PostgreSQL, which would make a join of the condition, and without knowing the rows of this
 * transaction choose to loop. */
static const char drop_held_facts_sql[] =
	"DELETE FROM fact WHERE day = $1 AND domain = $2 AND report = $3"
	" AND (source, messages, pattern) IN (SELECT held.source, held.messages, held.pattern "
	"FROM" EARLIER " JOIN fact held ON held.day = theirs.day AND held.domain = theirs.domain"
	" AND held.report = theirs.id WHERE mine.id = $3) IS TRUE";

static const char drop_held_details_sql[] =
	"DELETE FROM detail WHERE day = $1 AND domain = $2 AND report = $3"
	" AND (word0, word1, word2, word3, word4, word5, amount) IN (SELECT held.word0, held.word1,"
	" held.word2, held.word3, held.word4, held.word5, held.amount FROM" EARLIER
	" JOIN detail held ON held.day = theirs.day AND held.domain = theirs.domain"
	" AND held.report = theirs.id WHERE mine.id = $3) IS TRUE";

static const char sum_facts_sql[] =
	"SELECT count(*), CAST(coalesce(sum(messages), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 15 = " FLAGS_BOTH
	" THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 3 = 1 AND flags & 15 <> " FLAGS_BOTH
	" THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 12 = 4 AND flags & 15 <> " FLAGS_BOTH
	" THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 48 = 32 THEN messages END), 0) AS BIGINT),"
	" CAST(coalesce(sum(CASE WHEN flags & 48 = 48 THEN messages END), 0) AS BIGINT)"
	" FROM fact JOIN pattern ON pattern.id = fact.pattern"
	" WHERE day = $1 AND domain = $2 AND report = $3";

static const char sum_details_sql[] =
	"SELECT count(*), CAST(coalesce(sum(amount), 0) AS BIGINT) FROM detail"
	" WHERE day = $1 AND domain = $2 AND report = $3";

static int take_sum(void *context, const struct driver_row *row)
{
	struct report_sum *sum = context;
	int64_t *const fields[] = {&sum->row_count, &sum->messages, &sum->both_pass,
				   &sum->dkim_pass, &sum->spf_pass, &sum->quarantined,
				   &sum->rejected};
	for (size_t i = 0; i < row->count && i < sizeof(fields) / sizeof(fields[0]); i++) {
		*fields[i] = row->values[i].integer;
	}
	return 0;
}

static int merge_rows(struct store *store, struct failure *reterr)
{
	struct open_report *open = &store->report;
	bool is_aggregate = open->kind == STORE_AGGREGATE;
	struct row_key key = key_of(open);
	struct driver_query drop = {.sql = is_aggregate ? drop_held_facts_sql
							: drop_held_details_sql,
				    .values = key.values,
				    .count = 3};
	struct driver_query sum = {is_aggregate ? sum_facts_sql : sum_details_sql, key.values, 3,
				   take_sum, &open->sum};
	int r = store->driver->class->facts_flush(store->driver, reterr);
	if (r == 0) {
		r = store_query(store, &drop, reterr);
	}
	if (r == 0) {
		open->sum = (struct report_sum){0};
		r = store_query(store, &sum, reterr);
	}
	struct driver_value values[] = {driver_integer(open->sum.row_count),
					driver_integer(open->sum.messages),
					driver_integer(open->id)};
	struct driver_query note = {
		.sql = "UPDATE report SET row_count = $1, message_count = $2 WHERE id = $3",
		.values = values,
		.count = 3};
	return r == 0 ? store_query(store, &note, reterr) : r;
}

static const char add_day_sql[] =
	"INSERT INTO day_total (domain, day, reports, row_count, messages, both_pass, dkim_pass,"
	" spf_pass, quarantined, rejected) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	" ON CONFLICT (domain, day) DO UPDATE SET reports = day_total.reports + excluded.reports,"
	" row_count = day_total.row_count + excluded.row_count,"
	" messages = day_total.messages + excluded.messages,"
	" both_pass = day_total.both_pass + excluded.both_pass,"
	" dkim_pass = day_total.dkim_pass + excluded.dkim_pass,"
	" spf_pass = day_total.spf_pass + excluded.spf_pass,"
	" quarantined = day_total.quarantined + excluded.quarantined,"
	" rejected = day_total.rejected + excluded.rejected";

/* sign: 1, or -1 to take the open report out again. */
static int add_to_day(struct store *store, int sign, struct failure *reterr)
{
	const struct open_report *open = &store->report;
	const struct report_sum *sum = &open->sum;
	if (open->kind != STORE_AGGREGATE) {
		return 0;
	}
	struct driver_value values[] = {
		driver_integer(open->domain),
		driver_integer(open->day),
		driver_integer(sign),
		driver_integer(sign * sum->row_count),
		driver_integer(sign * sum->messages),
		driver_integer(sign * sum->both_pass),
		driver_integer(sign * sum->dkim_pass),
		driver_integer(sign * sum->spf_pass),
		driver_integer(sign * sum->quarantined),
		driver_integer(sign * sum->rejected),
	};
	struct driver_query query = {
		.sql = add_day_sql, .values = values, .count = sizeof(values) / sizeof(values[0])};
	return store_query(store, &query, reterr);
}

/* ---- the same report again, with another proof ---- */

struct held_report {
	int64_t id; /* 0: not found */
	enum store_authenticity authenticity;
};

static int take_held(void *context, const struct driver_row *row)
{
	struct held_report *held = context;
	held->id = row->values[0].integer;
	held->authenticity = (enum store_authenticity)row->values[1].integer;
	return 0;
}

static int find_held(struct store *store, const struct store_report *report,
		     struct held_report *ret_held, struct failure *reterr)
{
	int64_t reporter;
	int r = store_word(store, &store->words, report->reporter, STORE_TEXT_MAX, &reporter,
			   reterr);
	if (r < 0) {
		return r;
	}
	struct buffer id_text = buffer_new(STORE_TEXT_MAX + 8);
	struct driver_value values[] = {
		driver_integer(store->report.domain),
		driver_integer(report->begin_at),
		driver_integer(report->end_at),
		driver_integer((int64_t)report->kind),
		driver_integer(reporter),
		driver_text(store_clean_text(report->id, STORE_TEXT_MAX, &id_text)),
		driver_octets(report->content),
	};
	struct driver_query query = {
		.sql = "SELECT id, authenticity FROM report WHERE domain = $1 AND begin_at = $2"
		       " AND end_at = $3 AND kind = $4 AND reporter = $5 AND external_id = $6"
		       " AND content = $7",
		.values = values,
		.count = sizeof(values) / sizeof(values[0]),
		.each = take_held,
		.context = ret_held};
	r = store_query(store, &query, reterr);
	buffer_free(&id_text);
	return r;
}

static int note_authenticity(struct store *store, int64_t id, const struct store_report *report,
			     struct failure *reterr)
{
	int64_t mail_from;
	int r = store_word(store, &store->words, report->mail_from, STORE_TEXT_MAX, &mail_from,
			   reterr);
	struct driver_value values[] = {driver_integer((int64_t)report->authenticity),
					driver_integer(mail_from), driver_integer(id)};
	struct driver_query query = {
		.sql = "UPDATE report SET authenticity = $1, mail_from = $2 WHERE id = $3",
		.values = values,
		.count = 3};
	return r == 0 ? store_query(store, &query, reterr) : r;
}

/* Into the sums of its day and week, or out of them. */
static int count_held(struct store *store, bool is_counting, struct failure *reterr)
{
	struct open_report *open = &store->report;
	struct row_key key = key_of(open);
	struct driver_query sum = {sum_facts_sql, key.values, 3, take_sum, &open->sum};
	open->sum = (struct report_sum){0};
	int r = is_counting ? merge_rows(store, reterr) : store_query(store, &sum, reterr);
	if (r == 0) {
		r = add_to_day(store, is_counting ? 1 : -1, reterr);
	}
	struct driver_query clear = {
		.sql = "DELETE FROM day_total WHERE day = $1 AND domain = $2 AND reports = 0",
		.values = key.values,
		.count = 2};
	if (r == 0) {
		r = store_query(store, &clear, reterr);
	}
	return r == 0 ? store_rollup_again(store, open->day, open->domain, reterr) : r;
}

static int judge_again(struct store *store, const struct store_report *report,
		       struct failure *reterr)
{
	struct held_report held = {0};
	if (report->authenticity == STORE_AUTHENTICITY_NOT_JUDGED) {
		return 0;
	}
	int r = find_held(store, report, &held, reterr);
	if (r < 0 || held.id == 0 || held.authenticity >= report->authenticity) {
		return r;
	}
	bool was_counting = !store_is_left_out(held.authenticity);
	bool is_counting = !store_is_left_out(report->authenticity);
	bool is_changing = report->kind == STORE_AGGREGATE && was_counting != is_counting;
	/* Whatever waits to be added up is added under what was known until now. */
	r = is_changing ? store_rollup(store, reterr) : 0;
	if (r == 0) {
		r = note_authenticity(store, held.id, report, reterr);
	}
	store->report.id = held.id;
	return r == 0 && is_changing ? count_held(store, is_counting, reterr) : r;
}

static int settle_rows(struct store *store, const struct store_report *report,
		       const struct ledger_answer *answer, enum store_outcome *ret_outcome,
		       struct failure *reterr)
{
	if (!answer->is_new) {
		*ret_outcome = STORE_SAME;
		int r = delete_rows(store, reterr);
		return r == 0 ? judge_again(store, report, reterr) : r;
	}
	int r = answer->version > 0 ? merge_rows(store, reterr) : 0;
	*ret_outcome = answer->version > 0 ? STORE_MERGED : STORE_NEW;
	return r == 0 && !store_is_left_out(report->authenticity)
		       ? add_to_day(store, /* sign: */ 1, reterr)
		       : r;
}

int store_report_end(struct store *store, const struct store_report *report,
		     enum store_outcome *ret_outcome, struct failure *reterr)
{
	int64_t domain;
	struct ledger_answer answer = {0};
	int r = store_word(store, &store->domains, report->domain, LIMIT_NAME_TEXT, &domain,
			   reterr);
	if (r == 0) {
		r = move_rows(store, day_of(report->begin_at, report->end_at), domain, reterr);
	}
	if (r == 0) {
		r = add_to_ledger(store, report, &answer, reterr);
	}
	if (r == 0) {
		r = settle_rows(store, report, &answer, ret_outcome, reterr);
	}
	store->report.is_open = false;
	return r;
}
