/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Deadlines from what was measured, and rests. */
#include "collect/smtp_pace.h"

#define FIRST_REST_MS 1000
/* Nobody is cut off below these, however fast it was: a machine may be busy for a moment. */
#define LEAST_GREETING_MS 5000
#define LEAST_HELLO_MS 3000
#define TIMES_AS_LONG 4

static unsigned least_of(unsigned a, int64_t b)
{
	return b < (int64_t)a ? (unsigned)b : a;
}

static int64_t most_of(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

unsigned smtp_pace_hello_ms(const struct smtp_run *run, const struct smtp_question *question)
{
	unsigned all = run->smtp->options.tls_deadline_ms;
	/* Silence to a large hello is an answer, and must be told from slowness. */
	if (run->hello_ms < 0 || question->is_session || smtp_step_is_about_size(question->step)) {
		return all;
	}
	return least_of(all, most_of(LEAST_HELLO_MS, TIMES_AS_LONG * run->hello_ms));
}

unsigned smtp_pace_deadline_ms(const struct smtp_run *run, const struct smtp_question *question)
{
	unsigned all = run->smtp->options.deadline_ms;
	if (!run->has_spoken || question->is_session) {
		return all;
	}
	int64_t before =
		most_of(run->endpoint.connect_ms, 0) + most_of(run->endpoint.greeting_ms, 0);
	int64_t greeting = most_of(LEAST_GREETING_MS, TIMES_AS_LONG * before);
	return least_of(all, greeting + smtp_pace_hello_ms(run, question));
}

bool smtp_pace_note(struct smtp_attempt *attempt)
{
	struct smtp_run *run = attempt->run;
	int64_t now_ms = loop_now_ms(run->smtp->loop);
	if (attempt->tls_ms == 0 && attempt->probe->has_tls_begun) {
		attempt->tls_ms = now_ms;
		return true;
	}
	if (run->hello_ms < 0 && attempt->probe->has_received_tls) {
		run->hello_ms = now_ms - attempt->tls_ms;
	}
	return false;
}

bool smtp_pace_rest(struct smtp_run *run, bool is_silent)
{
	int64_t now_ms = loop_now_ms(run->smtp->loop);
	if (is_silent && run->has_been_silent) {
		/* The one beside it has met the same silence. */
		return now_ms < run->next_dial_ms && run->backoffs > 0;
	}
	if (run->backoffs >= run->smtp->options.max_backoffs) {
		return false;
	}
	run->has_been_silent |= is_silent;
	run->next_dial_ms = now_ms + ((int64_t)FIRST_REST_MS << run->backoffs);
	run->backoffs++;
	return true;
}
