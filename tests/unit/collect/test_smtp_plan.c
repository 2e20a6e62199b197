/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The order of questions against servers that are only a few numbers. */
#include "unit.h"

#include "collect/smtp_plan.h"

#define MAX_QUESTIONS 1000

/* What a server takes. It has no order of its own: it takes the first it knows. */
struct server {
	uint16_t lowest;
	uint16_t highest;
	uint32_t suites[6];	   /* for TLS 1.2 and below; 0 ends */
	uint16_t groups[4];	   /* for TLS 1.3; 0 ends */
	size_t largest_hello;	   /* silent to larger ones; 0: no limit */
	enum smtp_outcome outcome; /* to everything; SMTP_OUTCOME_ANSWER: as above */
	bool is_silent_to_13;	   /* also to a session, which offers it */
	bool is_reset_by_13;
	bool has_ssl2;
	bool signs_sha1;
};

struct setting {
	struct arena *arena;
	struct smtp_endpoint endpoint;
	struct smtp_plan plan;
	const struct server *server;
	struct smtp_probe probe;
	unsigned connections;
	bool is_asked[SMTP_STEP_COUNT];
};

static bool has_suite(const struct server *server, uint32_t suite)
{
	for (size_t i = 0; i < 6 && server->suites[i] != 0; i++) {
		if (server->suites[i] == suite) {
			return true;
		}
	}
	return false;
}

static bool has_group(const struct server *server, uint16_t group)
{
	for (size_t i = 0; i < 4 && server->groups[i] != 0; i++) {
		if (server->groups[i] == group) {
			return true;
		}
	}
	return false;
}

static enum smtp_outcome answer_13(const struct server *server, const struct tls_offer *offer,
				   struct tls_answer *answer)
{
	for (size_t i = 0; i < offer->group_count && server->highest == TLS_VERSION_13; i++) {
		if (has_group(server, offer->groups[i])) {
			*answer = (struct tls_answer){.kind = TLS_ANSWER_RETRY,
						      .version = TLS_VERSION_13,
						      .suite = offer->suites[0],
						      .group = offer->groups[i]};
			return SMTP_OUTCOME_ANSWER;
		}
	}
	*answer =
		(struct tls_answer){.kind = TLS_ANSWER_ALERT, .alert = TLS_ALERT_PROTOCOL_VERSION};
	return SMTP_OUTCOME_REFUSAL;
}

static enum smtp_outcome answer_12(const struct server *server, const struct tls_offer *offer,
				   struct tls_answer *answer)
{
	uint16_t version = server->highest == TLS_VERSION_13 ? TLS_VERSION_12 : server->highest;
	version = version < offer->version ? version : offer->version;
	*answer =
		(struct tls_answer){.kind = TLS_ANSWER_ALERT, .alert = TLS_ALERT_HANDSHAKE_FAILURE};
	for (size_t i = 0; i < offer->suite_count && version >= server->lowest; i++) {
		if (has_suite(server, offer->suites[i])) {
			*answer = (struct tls_answer){.kind = TLS_ANSWER_HELLO,
						      .version = version,
						      .suite = offer->suites[i],
						      .group = 0x0017,
						      .scheme = 0x0403,
						      .has_master_secret = true};
			return SMTP_OUTCOME_ANSWER;
		}
	}
	return SMTP_OUTCOME_REFUSAL;
}

static enum smtp_outcome answer_offer(const struct server *server,
				      const struct smtp_question *asked, struct tls_answer *answer)
{
	const struct tls_offer *offer = &asked->offer;
	*answer = (struct tls_answer){0};
	if (offer->version == TLS_VERSION_SSL2) {
		*answer = (struct tls_answer){.kind = TLS_ANSWER_SSL2};
		return server->has_ssl2 ? SMTP_OUTCOME_ANSWER : SMTP_OUTCOME_CLOSED;
	}
	if (server->largest_hello > 0 && offer->padded_bytes > server->largest_hello) {
		return SMTP_OUTCOME_SILENT;
	}
	if (asked->step == SMTP_STEP_SHA1 && !server->signs_sha1) {
		*answer = (struct tls_answer){.kind = TLS_ANSWER_ALERT};
		return SMTP_OUTCOME_REFUSAL;
	}
	enum smtp_outcome outcome = offer->version == TLS_VERSION_13
					    ? answer_13(server, offer, answer)
					    : answer_12(server, offer, answer);
	answer->scheme = asked->step == SMTP_STEP_SHA1 ? 0x0203 : answer->scheme;
	return outcome;
}

static enum smtp_outcome respond(struct setting *setting, const struct smtp_question *asked)
{
	const struct server *server = setting->server;
	setting->connections++;
	setting->is_asked[asked->step] = true;
	setting->probe = (struct smtp_probe){0};
	if (server->outcome != SMTP_OUTCOME_ANSWER) {
		return server->outcome;
	}
	bool offers_13 = asked->is_session || asked->offer.version == TLS_VERSION_13;
	if (server->is_silent_to_13 && offers_13) {
		return SMTP_OUTCOME_SILENT;
	}
	if (server->is_reset_by_13 && offers_13) {
		return SMTP_OUTCOME_RESET;
	}
	if (!asked->is_session) {
		return answer_offer(server, asked, &setting->probe.reader.answer);
	}
	setting->probe.view.version = server->highest;
	setting->probe.view.suite = server->highest == TLS_VERSION_13 ? 0x1301 : server->suites[0];
	setting->probe.view.scheme = 0x0403;
	return SMTP_OUTCOME_ANSWER;
}

static void begin(struct setting *setting, const struct server *server, enum endpoint_plan plan)
{
	*setting = (struct setting){.server = server, .endpoint = {.plan = plan}};
	setting->arena = arena_new((size_t)8 << 20);
	smtp_plan_begin(&setting->plan, setting->arena, &setting->endpoint);
}

static void run(struct setting *setting)
{
	struct smtp_question asked;
	while (setting->connections < MAX_QUESTIONS && smtp_plan_next(&setting->plan, &asked)) {
		enum smtp_outcome outcome = respond(setting, &asked);
		smtp_plan_take(&setting->plan, &asked, outcome, &setting->probe);
	}
	assert_true(smtp_plan_is_finished(&setting->plan));
	smtp_plan_finish(&setting->plan);
}

static enum probe_answer accepted(const struct setting *setting, uint16_t version)
{
	return endpoint_version_at(&setting->endpoint, version)->is_accepted.answer;
}

#define GOOD_SUITES                                                                                \
	{                                                                                          \
		0xc02b, 0xc02c                                                                     \
	}
#define CLASSICAL                                                                                  \
	{                                                                                          \
		0x001d, 0x0017                                                                     \
	}

static const struct server modern = {.lowest = TLS_VERSION_12,
				     .highest = TLS_VERSION_13,
				     .suites = GOOD_SUITES,
				     .groups = CLASSICAL};
static const struct server only_13 = {
	.lowest = TLS_VERSION_13, .highest = TLS_VERSION_13, .groups = CLASSICAL};
static const struct server only_12 = {
	.lowest = TLS_VERSION_12, .highest = TLS_VERSION_12, .suites = GOOD_SUITES};
static const struct server old = {
	.lowest = TLS_VERSION_10, .highest = TLS_VERSION_10, .suites = {0x002f, 0x000a}};
static const struct server wide = {.lowest = TLS_VERSION_10,
				   .highest = TLS_VERSION_13,
				   .suites = {0xc02b, 0xc009, 0x009c, 0x002f},
				   .groups = CLASSICAL,
				   .signs_sha1 = true};
static const struct server hybrid = {
	.lowest = TLS_VERSION_13, .highest = TLS_VERSION_13, .groups = {0x11ec, 0x001d}};
static const struct server drops_large = {.lowest = TLS_VERSION_12,
					  .highest = TLS_VERSION_13,
					  .suites = GOOD_SUITES,
					  .groups = CLASSICAL,
					  .largest_hello = 1400};

static const struct row {
	const char *name;
	const struct server *server;
	enum endpoint_plan plan;
	unsigned connections;
	enum probe_answer ssl3, tls10, tls12, tls13;
} rows[] = {
	{"quick", &modern, ENDPOINT_QUICK, 3, PROBE_UNKNOWN, PROBE_UNKNOWN, PROBE_YES, PROBE_YES},
	{"normal", &modern, ENDPOINT_NORMAL, 11, PROBE_NO, PROBE_NO, PROBE_YES, PROBE_YES},
	{"TLS 1.3 alone", &only_13, ENDPOINT_NORMAL, 8, PROBE_NO, PROBE_NO, PROBE_NO, PROBE_YES},
	{"TLS 1.2 alone", &only_12, ENDPOINT_NORMAL, 11, PROBE_NO, PROBE_NO, PROBE_YES, PROBE_NO},
	/* one more for each of 3 suites that are not of the best, for the order, and for TLS 1.1
	 * and 1.0 */
	{"weak suites", &wide, ENDPOINT_NORMAL, 17, PROBE_NO, PROBE_YES, PROBE_YES, PROBE_YES},
	{"TLS 1.0 alone", &old, ENDPOINT_NORMAL, 13, PROBE_NO, PROBE_YES, PROBE_NO, PROBE_NO},
	{"hybrid groups", &hybrid, ENDPOINT_NORMAL, 9, PROBE_NO, PROBE_NO, PROBE_NO, PROBE_YES},
	{"drops large hellos", &drops_large, ENDPOINT_NORMAL, 13, PROBE_NO, PROBE_NO, PROBE_YES,
	 PROBE_YES},
};

static void test_connections(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];
		struct setting setting;
		begin(&setting, row->server, row->plan);
		run(&setting);
		assert_row_int(row->name, setting.connections, row->connections);
		assert_row_int(row->name, accepted(&setting, TLS_VERSION_SSL3), row->ssl3);
		assert_row_int(row->name, accepted(&setting, TLS_VERSION_10), row->tls10);
		assert_row_int(row->name, accepted(&setting, TLS_VERSION_12), row->tls12);
		assert_row_int(row->name, accepted(&setting, TLS_VERSION_13), row->tls13);
		arena_free(setting.arena);
	}
}

static void test_what_is_learnt(void **state)
{
	(void)state;
	struct setting setting;
	begin(&setting, &wide, ENDPOINT_NORMAL);
	run(&setting);
	const struct endpoint_version *row = endpoint_version_at(&setting.endpoint, TLS_VERSION_12);
	assert_true(probe_is_yes(endpoint_suite(row, 0x002f)));
	assert_true(probe_is_yes(endpoint_suite(row, 0xc009)));
	assert_true(probe_is_no(endpoint_suite(row, 0x000a)));
	assert_true(probe_is_yes(setting.endpoint.signs_sha1));
	/* it takes the client's first, so the worst when that stands first */
	assert_true(probe_is_no(setting.endpoint.prefers_own_suites));
	arena_free(setting.arena);

	begin(&setting, &hybrid, ENDPOINT_NORMAL);
	run(&setting);
	assert_true(probe_is_yes(endpoint_group(&setting.endpoint.groups13, 0x11ec)));
	assert_true(probe_is_no(endpoint_group(&setting.endpoint.groups13, 0x11ed)));
	assert_int_equal(setting.endpoint.extended_master_secret.reason, PROBE_NOT_APPLICABLE);
	arena_free(setting.arena);

	begin(&setting, &drops_large, ENDPOINT_NORMAL);
	run(&setting);
	assert_true(probe_is_no(setting.endpoint.takes_large_hello));
	assert_true(probe_is_yes(setting.endpoint.takes_split_hello));
	arena_free(setting.arena);
}

static void test_full_plan_ends(void **state)
{
	(void)state;
	struct setting setting;
	begin(&setting, &wide, ENDPOINT_FULL);
	run(&setting);
	assert_true(setting.connections > 20 && setting.connections < 80);
	assert_true(endpoint_version_at(&setting.endpoint, TLS_VERSION_12)->is_complete);
	assert_true(setting.endpoint.groups13.is_complete);
	arena_free(setting.arena);
}

static const struct {
	const char *name;
	enum smtp_outcome outcome;
	unsigned connections;
	enum probe_reason reason;
} ends[] = {
	{"silent to the first hello", SMTP_OUTCOME_SILENT, 1, PROBE_TIMEOUT},
	{"closes", SMTP_OUTCOME_CLOSED, 3, PROBE_CLOSED},
	{"resets", SMTP_OUTCOME_RESET, 3, PROBE_CLOSED},
	{"plain text", SMTP_OUTCOME_PLAIN, 3, PROBE_CLOSED},
	{"no STARTTLS", SMTP_OUTCOME_NO_TLS, 1, PROBE_NO_TLS},
	{"cannot be reached", SMTP_OUTCOME_UNREACHED, 1, PROBE_TIMEOUT},
	{"turned away", SMTP_OUTCOME_THROTTLED, 1, PROBE_THROTTLED},
	{"stopped", SMTP_OUTCOME_INTERRUPTED, 1, PROBE_INTERRUPTED},
};

static void test_early_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct server server = {.outcome = ends[i].outcome};
		struct setting setting;
		begin(&setting, &server, ENDPOINT_NORMAL);
		run(&setting);
		assert_row_int(ends[i].name, setting.connections, ends[i].connections);
		const struct probe tls12 =
			endpoint_version_at(&setting.endpoint, TLS_VERSION_12)->is_accepted;
		assert_row_int(ends[i].name, tls12.answer, PROBE_UNKNOWN);
		assert_row_int(ends[i].name, tls12.reason, ends[i].reason);
		assert_row_int(ends[i].name, setting.endpoint.signs_sha1.reason, ends[i].reason);
		arena_free(setting.arena);
	}
}

/* What was learnt before being turned away stays; the rest is unknown, never "no". */
static void test_turned_away_later(void **state)
{
	(void)state;
	for (unsigned allowed = 1; allowed < 11; allowed++) {
		struct setting setting;
		struct smtp_question asked;
		begin(&setting, &modern, ENDPOINT_NORMAL);
		while (smtp_plan_next(&setting.plan, &asked)) {
			enum smtp_outcome outcome = respond(&setting, &asked);
			bool is_let_in = setting.connections <= allowed;
			smtp_plan_take(&setting.plan, &asked,
				       is_let_in ? outcome : SMTP_OUTCOME_THROTTLED,
				       &setting.probe);
		}
		smtp_plan_finish(&setting.plan);
		assert_int_equal(setting.connections, allowed + 1);
		assert_int_equal(accepted(&setting, TLS_VERSION_13), PROBE_YES);
		assert_int_not_equal(accepted(&setting, TLS_VERSION_12), PROBE_NO);
		assert_false(probe_is_no(setting.endpoint.takes_large_hello));
		assert_false(probe_is_no(setting.endpoint.extended_master_secret));
		arena_free(setting.arena);
	}
}

static void test_put_back_is_asked_again(void **state)
{
	(void)state;
	struct setting setting;
	struct smtp_question first;
	struct smtp_question second;
	begin(&setting, &modern, ENDPOINT_QUICK);
	assert_true(smtp_plan_next(&setting.plan, &first));
	/* alone: whether there is TLS at all is not known yet */
	assert_false(smtp_plan_next(&setting.plan, &second));
	smtp_plan_put_back(&setting.plan, &first);
	assert_true(smtp_plan_next(&setting.plan, &second));
	assert_int_equal(second.step, first.step);
	smtp_plan_take(&setting.plan, &second, respond(&setting, &second), &setting.probe);
	run(&setting);
	assert_int_equal(setting.connections, 3);
	arena_free(setting.arena);
}

/* Beside a session that waits TLS 1.2 is asked, and its answer keeps the plan going. */
static void test_hurry(void **state)
{
	(void)state;
	struct server server = modern;
	server.is_silent_to_13 = true;
	struct setting setting;
	struct smtp_question session;
	struct smtp_question beside;
	begin(&setting, &server, ENDPOINT_QUICK);
	assert_true(smtp_plan_next(&setting.plan, &session));
	smtp_plan_hurry(&setting.plan);
	assert_true(smtp_plan_next(&setting.plan, &beside));
	assert_int_equal(beside.step, SMTP_STEP_TLS12);
	enum smtp_outcome outcome = respond(&setting, &beside);
	smtp_plan_take(&setting.plan, &beside, outcome, &setting.probe);
	assert_false(smtp_plan_next(&setting.plan, &beside));
	smtp_plan_take(&setting.plan, &session, SMTP_OUTCOME_SILENT, &setting.probe);
	assert_false(setting.plan.is_stopped);
	run(&setting);
	assert_int_equal(accepted(&setting, TLS_VERSION_12), PROBE_YES);
	assert_int_not_equal(accepted(&setting, TLS_VERSION_13), PROBE_YES);
	arena_free(setting.arena);
}

/* Two resets are not the end while TLS 1.2 has not been asked. */
static void test_intolerant(void **state)
{
	(void)state;
	struct server server = modern;
	server.is_reset_by_13 = true;
	struct setting setting;
	begin(&setting, &server, ENDPOINT_NORMAL);
	run(&setting);
	assert_int_equal(accepted(&setting, TLS_VERSION_12), PROBE_YES);
	assert_int_equal(accepted(&setting, TLS_VERSION_13), PROBE_NO);
	assert_true(probe_is_no(setting.endpoint.takes_unknown_version));
	arena_free(setting.arena);
}

/* One member of a pool says nothing about the others. */
static void test_looks_twice(void **state)
{
	(void)state;
	struct setting setting;
	struct smtp_question first;
	struct smtp_question second;
	begin(&setting, &modern, ENDPOINT_NORMAL);
	assert_true(smtp_plan_next(&setting.plan, &first));
	setting.endpoint.starttls = ENDPOINT_STARTTLS_ABSENT;
	setting.endpoint.starttls_missing = 1;
	smtp_plan_take(&setting.plan, &first, SMTP_OUTCOME_NO_TLS, &setting.probe);
	assert_true(smtp_plan_next(&setting.plan, &second));
	assert_int_equal(second.step, first.step);
	setting.endpoint.starttls_missing = 2;
	smtp_plan_take(&setting.plan, &second, SMTP_OUTCOME_NO_TLS, &setting.probe);
	assert_false(smtp_plan_next(&setting.plan, &second));
	arena_free(setting.arena);
}

/* It answered once and then no more: three kinds of hello are enough to know. */
static void test_gone_silent(void **state)
{
	(void)state;
	struct setting setting;
	struct smtp_question asked;
	begin(&setting, &modern, ENDPOINT_NORMAL);
	while (smtp_plan_next(&setting.plan, &asked)) {
		enum smtp_outcome outcome = respond(&setting, &asked);
		bool is_first = setting.connections == 1;
		smtp_plan_take(&setting.plan, &asked, is_first ? outcome : SMTP_OUTCOME_SILENT,
			       &setting.probe);
	}
	smtp_plan_finish(&setting.plan);
	/* TLS 1.3 and TLS 1.2 twice each, and one of the others */
	assert_int_equal(setting.connections, 6);
	assert_int_equal(setting.plan.stop_reason, PROBE_TIMEOUT);
	assert_int_equal(accepted(&setting, TLS_VERSION_13), PROBE_YES);
	assert_int_equal(accepted(&setting, TLS_VERSION_10), PROBE_UNKNOWN);
	assert_int_equal(setting.endpoint.signs_sha1.reason, PROBE_TIMEOUT);
	arena_free(setting.arena);
}

/* Silence to old hellos only is about those: the plan goes on. */
static void test_silent_to_old_hellos(void **state)
{
	(void)state;
	struct setting setting;
	struct smtp_question asked;
	begin(&setting, &modern, ENDPOINT_NORMAL);
	while (smtp_plan_next(&setting.plan, &asked)) {
		enum smtp_outcome outcome = respond(&setting, &asked);
		bool is_old = asked.step == SMTP_STEP_LEGACY || asked.step == SMTP_STEP_SSL2;
		smtp_plan_take(&setting.plan, &asked, is_old ? SMTP_OUTCOME_SILENT : outcome,
			       &setting.probe);
	}
	assert_false(setting.plan.is_stopped);
	assert_true(setting.is_asked[SMTP_STEP_BIG] && setting.is_asked[SMTP_STEP_BARE]);
	arena_free(setting.arena);
}

/* What is asked beside each other, while no answer has come yet. */
static const struct beside {
	const char *name;
	const struct server *server;
	bool is_first_look_alone;
	enum smtp_step steps[3]; /* SMTP_STEP_SESSION ends */
} beside[] = {
	{"TLS 1.3", &modern, false, {SMTP_STEP_TLS13, SMTP_STEP_TLS12, SMTP_STEP_BIG}},
	{"TLS 1.2", &only_12, false, {SMTP_STEP_TLS13, SMTP_STEP_TLS12}},
	{"others wait", &modern, true, {SMTP_STEP_TLS13, SMTP_STEP_TLS12}},
};

static void test_asked_beside(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		struct setting setting;
		struct smtp_question asked;
		begin(&setting, beside[i].server, ENDPOINT_NORMAL);
		setting.plan.is_first_look_alone = beside[i].is_first_look_alone;
		assert_true(smtp_plan_next(&setting.plan, &asked));
		assert_row_int(beside[i].name, asked.step, SMTP_STEP_SESSION);
		assert_false(smtp_plan_next(&setting.plan, &asked));
		enum smtp_outcome outcome = respond(&setting, &asked);
		smtp_plan_take(&setting.plan, &asked, outcome, &setting.probe);
		for (size_t k = 0; k < 3 && beside[i].steps[k] != SMTP_STEP_SESSION; k++) {
			assert_true(smtp_plan_next(&setting.plan, &asked));
			assert_row_int(beside[i].name, asked.step, beside[i].steps[k]);
		}
		assert_false(smtp_plan_next(&setting.plan, &asked));
		arena_free(setting.arena);
	}
}

static void test_stop(void **state)
{
	(void)state;
	struct setting setting;
	struct smtp_question asked;
	begin(&setting, &modern, ENDPOINT_NORMAL);
	assert_true(smtp_plan_next(&setting.plan, &asked));
	smtp_plan_stop(&setting.plan, PROBE_INTERRUPTED);
	smtp_plan_stop(&setting.plan, PROBE_TIMEOUT);
	assert_false(smtp_plan_is_finished(&setting.plan));
	smtp_plan_take(&setting.plan, &asked, SMTP_OUTCOME_INTERRUPTED, &setting.probe);
	assert_true(smtp_plan_is_finished(&setting.plan));
	assert_false(smtp_plan_next(&setting.plan, &asked));
	assert_int_equal(setting.plan.stop_reason, PROBE_INTERRUPTED);
	arena_free(setting.arena);
}

static void test_memory(void **state)
{
	(void)state;
	struct smtp_endpoint endpoint = {.plan = ENDPOINT_NORMAL};
	struct smtp_plan plan;
	struct smtp_question asked;
	struct arena *arena = arena_new(1000);
	smtp_plan_begin(&plan, arena, &endpoint);
	assert_true(plan.is_stopped);
	assert_false(smtp_plan_next(&plan, &asked));
	assert_true(smtp_plan_is_finished(&plan));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_what_is_learnt),
		cmocka_unit_test(test_full_plan_ends),
		cmocka_unit_test(test_early_ends),
		cmocka_unit_test(test_turned_away_later),
		cmocka_unit_test(test_put_back_is_asked_again),
		cmocka_unit_test(test_hurry),
		cmocka_unit_test(test_intolerant),
		cmocka_unit_test(test_looks_twice),
		cmocka_unit_test(test_gone_silent),
		cmocka_unit_test(test_silent_to_old_hellos),
		cmocka_unit_test(test_asked_beside),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
