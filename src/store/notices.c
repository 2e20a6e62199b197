/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The list of notices and how far each channel has been told. */
#include "store/notices.h"

#include "store/internal.h"

#define CLAIM_BYTES ((size_t)NOTICE_MAX_GROUP * (NOTICE_MAX_BODY + 4096))

static int take_integer(void *context, const struct driver_row *row)
{
	*(int64_t *)context = row->values[0].integer;
	return 0;
}

/* ---- writing ---- */

/*
 * Numbers are given out under a lock that is held to the end of the transaction: so notices become
 * visible in the order of their numbers, and a channel cannot pass one by.
 */
static int lock_list(struct store *store, struct failure *reterr)
{
	return store->driver->class->script(store->driver, store->driver->class->notice_lock_sql,
					    reterr);
}

/* Notes when a part is told; one row when it is its time. */
static const char part_sql[] =
	"INSERT INTO notice_part (domain, topic, at) VALUES ($1, $2, $3)"
	" ON CONFLICT (domain, topic) DO UPDATE SET at = excluded.at WHERE notice_part.at <= $4"
	" RETURNING 1";

static int is_due(struct store *store, const struct notice *notice, struct span key,
		  int64_t repeat_after_seconds, bool *ret_is_due, struct failure *reterr)
{
	struct buffer scratch = buffer_new(NOTICE_MAX_KEY + 8);
	int64_t is_written = 0;
	struct driver_value values[] = {
		driver_integer(notice->domain_id),
		driver_text(store_clean_text(key, NOTICE_MAX_KEY, &scratch)),
		driver_integer(notice->at), driver_integer(notice->at - repeat_after_seconds)};
	struct driver_query query = {part_sql, values, 4, take_integer, &is_written};
	int r = store_query(store, &query, reterr);
	*ret_is_due = is_written != 0;
	buffer_free(&scratch);
	return r;
}

static const char undo_sql[] = "DELETE FROM notice_part WHERE domain = $1 AND topic = $2";

/* What is told now is no repetition the next time that it is otherwise. */
static int undo(struct store *store, const struct notice *notice, const struct notice_part *part,
		struct failure *reterr)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < NOTICE_MAX_UNDOES; i++) {
		struct buffer scratch = buffer_new(NOTICE_MAX_KEY + 8);
		struct driver_value values[] = {
			driver_integer(notice->domain_id),
			driver_text(store_clean_text(part->undoes[i], NOTICE_MAX_KEY, &scratch))};
		struct driver_query query = {.sql = undo_sql, .values = values, .count = 2};
		r = part->undoes[i].len > 0 ? store_query(store, &query, reterr) : 0;
		buffer_free(&scratch);
	}
	return r;
}

/* What is told of a notice now. */
struct told {
	struct buffer body;
	size_t keyed; /* parts with a key */
	size_t due;   /* of them */
};

static int add_parts(struct store *store, const struct notice *notice, int64_t repeat_after_seconds,
		     struct told *told, struct failure *reterr)
{
	int r = 0;
	buffer_append(&told->body, notice->body);
	for (size_t i = 0; r == 0 && i < notice->part_count; i++) {
		const struct notice_part *part = &notice->parts[i];
		bool is_told = true;
		if (part->key.len > 0) {
			r = is_due(store, notice, part->key, repeat_after_seconds, &is_told,
				   reterr);
			told->keyed++;
			told->due += is_told ? 1 : 0;
			r = r == 0 && is_told ? undo(store, notice, part, reterr) : r;
		}
		if (r == 0 && is_told) {
			buffer_putc(&told->body, NOTICE_PART_SEPARATOR);
			buffer_append(&told->body, part->body);
		}
	}
	return r == 0 && told->body.is_failed ? failure_set_memory(reterr, "database") : r;
}

static const char put_sql[] =
	"INSERT INTO notice (at, domain, topic, body) SELECT CAST($1 AS BIGINT),"
	" CAST($2 AS BIGINT), $3, $4 WHERE NOT EXISTS (SELECT 1 FROM notice WHERE domain = $2"
	" AND topic = $3 AND at > $5)";

/* `since`: not when the key was written after it. */
static int put_row(struct store *store, const struct notice *notice, struct span text,
		   int64_t since, struct failure *reterr)
{
	struct buffer key = buffer_new(NOTICE_MAX_KEY + 8);
	struct buffer body = buffer_new(NOTICE_MAX_BODY + 8);
	struct driver_value values[] = {
		driver_integer(notice->at), driver_integer(notice->domain_id),
		driver_text(store_clean_text(notice->key, NOTICE_MAX_KEY, &key)),
		driver_text(store_clean_text(text, NOTICE_MAX_BODY, &body)), driver_integer(since)};
	struct driver_query query = {.sql = put_sql, .values = values, .count = 5};
	int r = store_query(store, &query, reterr);
	buffer_free(&key);
	buffer_free(&body);
	return r;
}

static int put_one(struct store *store, const struct notice *notice, int64_t repeat_after_seconds,
		   struct failure *reterr)
{
	struct told told = {.body = buffer_new(NOTICE_MAX_BODY)};
	int r = add_parts(store, notice, repeat_after_seconds, &told, reterr);
	int64_t since = told.keyed > 0	  ? INT64_MAX
			: notice->is_once ? -1
					  : notice->at - repeat_after_seconds;
	if (r == 0 && (told.keyed == 0 || told.due > 0)) {
		r = put_row(store, notice, buffer_span(&told.body), since, reterr);
	}
	buffer_free(&told.body);
	return r;
}

int store_notices_put(struct store *store, const struct notice *notices, size_t count,
		      int64_t repeat_after_seconds, struct failure *reterr)
{
	int r = count > 0 ? lock_list(store, reterr) : 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = put_one(store, &notices[i], repeat_after_seconds, reterr);
	}
	return r;
}

/* ---- channels ---- */

static const char open_sql[] =
	"INSERT INTO notice_channel (name, told) SELECT $1, coalesce(max(id), 0) FROM notice"
	" WHERE true ON CONFLICT (name) DO NOTHING";

static int open_work(struct store *store, void *context, struct failure *reterr)
{
	struct driver_value value = driver_text(*(const struct span *)context);
	struct driver_query query = {.sql = open_sql, .values = &value, .count = 1};
	int r = lock_list(store, reterr);
	return r == 0 ? store_query(store, &query, reterr) : r;
}

int notices_channel_open(struct store *store, struct span channel, struct failure *reterr)
{
	return store_transact(store, open_work, &channel, reterr);
}

struct claiming {
	const struct notice_claim *claim;
	struct arena *arena;
	struct vector notices; /* of struct notice */
	struct notice_message message;
	int64_t now;
	int64_t last; /* notice of the message */
	bool is_free;
};

static int take_message(void *context, const struct driver_row *row)
{
	struct claiming *claiming = context;
	claiming->is_free = true;
	claiming->message = (struct notice_message){
		.number = row->values[0].integer,
		.epoch = row->values[1].integer,
		.attempts = (unsigned)row->values[2].integer,
	};
	claiming->last = row->values[3].integer;
	return 0;
}

/* A message whose end is fixed already is the one that was tried before. */
static const char fix_sql[] =
	"UPDATE notice_channel SET until = CASE WHEN until > told THEN until ELSE"
	" (SELECT coalesce(max(n.id), 0) FROM (SELECT id FROM notice WHERE id >"
	" notice_channel.told AND written <= $2 ORDER BY id LIMIT 200) n) END WHERE name = $1"
	" AND due <= $3";
static const char lease_sql[] =
	"UPDATE notice_channel SET due = $3, epoch = epoch + 1 WHERE name = $1 AND due <= $2"
	" AND until > told RETURNING number + 1, epoch, attempts, until";
static const char list_sql[] =
	"SELECT n.id, n.at, d.name, coalesce(e.owner, ''), coalesce(e.grouping, ''), n.topic,"
	" n.body FROM notice n JOIN notice_channel c ON c.name = $1 JOIN domain d"
	" ON d.id = n.domain LEFT JOIN estate_domain e ON e.domain = n.domain"
	" WHERE n.id > c.told AND n.id <= c.until ORDER BY n.id LIMIT 200";

static int take_notice(void *context, const struct driver_row *row)
{
	struct claiming *claiming = context;
	const struct driver_value *v = row->values;
	struct notice *notice =
		VECTOR_PUSH(&claiming->notices, claiming->arena, struct notice, NOTICE_MAX_GROUP);
	if (notice != NULL) {
		*notice = (struct notice){
			.id = v[0].integer,
			.at = v[1].integer,
			.domain = arena_copy(claiming->arena, v[2].text),
			.owner = arena_copy(claiming->arena, v[3].text),
			.group = arena_copy(claiming->arena, v[4].text),
			.key = arena_copy(claiming->arena, v[5].text),
			.body = arena_copy(claiming->arena, v[6].text),
		};
	}
	return 0;
}

static int read_clock(struct store *store, int64_t *ret_now, struct failure *reterr)
{
	struct driver_query query = {
		.sql = store->driver->class->clock_sql, .each = take_integer, .context = ret_now};
	return store_query(store, &query, reterr);
}

static int claim_work(struct store *store, void *context, struct failure *reterr)
{
	struct claiming *claiming = context;
	const struct notice_claim *claim = claiming->claim;
	arena_reset(claiming->arena);
	claiming->notices = (struct vector){0};
	claiming->is_free = false;
	int r = read_clock(store, &claiming->now, reterr);
	struct driver_value fix[] = {driver_text(claim->channel),
				     driver_integer(claiming->now - claim->gather_seconds),
				     driver_integer(claiming->now)};
	struct driver_query fix_end = {.sql = fix_sql, .values = fix, .count = 3};
	r = r == 0 ? store_query(store, &fix_end, reterr) : r;
	struct driver_value lease[] = {driver_text(claim->channel), driver_integer(claiming->now),
				       driver_integer(claiming->now + claim->lease_seconds)};
	struct driver_query take_lease = {lease_sql, lease, 3, take_message, claiming};
	r = r == 0 ? store_query(store, &take_lease, reterr) : r;
	struct driver_query list = {list_sql, lease, 1, take_notice, claiming};
	if (r == 0 && claiming->is_free) {
		r = store_query(store, &list, reterr);
	}
	return r == 0 && arena_has_failed(claiming->arena) ? failure_set_memory(reterr, "database")
							   : r;
}

int notices_claim(struct store *store, const struct notice_claim *claim, notice_fn *each,
		  void *context, struct notice_message *ret_message, bool *ret_is_due,
		  struct failure *reterr)
{
	struct claiming claiming = {.claim = claim, .arena = arena_new(CLAIM_BYTES)};
	if (claiming.arena == NULL) {
		return failure_set_memory(reterr, "database");
	}
	int r = store_transact(store, claim_work, &claiming, reterr);
	for (size_t i = 0; r == 0 && i < claiming.notices.len; i++) {
		r = each(context, VECTOR_AT(&claiming.notices, const struct notice, i));
	}
	if (r == 0) {
		*ret_message = claiming.message;
		*ret_is_due = claiming.is_free;
	}
	arena_free(claiming.arena);
	return r;
}

struct ending {
	struct span channel;
	const struct notice_message *message;
	int64_t again_in_seconds;
	struct span error;
};

static const char told_sql[] =
	"UPDATE notice_channel SET told = until, number = number + 1, due = 0, attempts = 0,"
	" error = '' WHERE name = $1 AND epoch = $2 AND until > told";

static int told_work(struct store *store, void *context, struct failure *reterr)
{
	const struct ending *ending = context;
	struct driver_value values[] = {driver_text(ending->channel),
					driver_integer(ending->message->epoch)};
	struct driver_query query = {.sql = told_sql, .values = values, .count = 2};
	return store_query(store, &query, reterr);
}

int notices_told(struct store *store, struct span channel, const struct notice_message *message,
		 struct failure *reterr)
{
	struct ending ending = {.channel = channel, .message = message};
	return store_transact(store, told_work, &ending, reterr);
}

static const char failed_sql[] =
	"UPDATE notice_channel SET due = $3, attempts = attempts + 1, error = $4"
	" WHERE name = $1 AND epoch = $2";

static int failed_work(struct store *store, void *context, struct failure *reterr)
{
	const struct ending *ending = context;
	struct buffer scratch = buffer_new(NOTICE_MAX_KEY + 8);
	int64_t now = 0;
	int r = read_clock(store, &now, reterr);
	struct driver_value values[] = {
		driver_text(ending->channel), driver_integer(ending->message->epoch),
		driver_integer(now + ending->again_in_seconds),
		driver_text(store_clean_text(ending->error, NOTICE_MAX_KEY, &scratch))};
	struct driver_query query = {.sql = failed_sql, .values = values, .count = 4};
	r = r == 0 ? store_query(store, &query, reterr) : r;
	buffer_free(&scratch);
	return r;
}

int notices_failed(struct store *store, struct span channel, const struct notice_message *message,
		   int64_t again_in_seconds, struct span error, struct failure *reterr)
{
	struct ending ending = {channel, message, again_in_seconds, error};
	return store_transact(store, failed_work, &ending, reterr);
}

struct waiting {
	struct arena *arena;
	struct span channel;
	int64_t count;
	struct span error;
};

static int take_waiting(void *context, const struct driver_row *row)
{
	struct waiting *waiting = context;
	waiting->count = row->values[0].integer;
	waiting->error = arena_copy(waiting->arena, row->values[1].text);
	return 0;
}

static const char waiting_sql[] =
	"SELECT (SELECT count(*) FROM notice n WHERE n.id > c.told), c.error"
	" FROM notice_channel c WHERE c.name = $1";

static int waiting_work(struct store *store, void *context, struct failure *reterr)
{
	struct waiting *waiting = context;
	struct driver_value value = driver_text(waiting->channel);
	struct driver_query query = {waiting_sql, &value, 1, take_waiting, waiting};
	return store_query(store, &query, reterr);
}

int notices_waiting(struct store *store, struct arena *arena, struct span channel,
		    uint64_t *ret_count, struct span *ret_error, struct failure *reterr)
{
	struct waiting waiting = {.arena = arena, .channel = channel};
	int r = store_transact(store, waiting_work, &waiting, reterr);
	if (r == 0) {
		*ret_count = (uint64_t)waiting.count;
		*ret_error = waiting.error;
	}
	return r;
}
