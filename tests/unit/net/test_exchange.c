/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Timers, and connections to a peer on loopback: each ends once, for the right reason, in time. */
#include <netinet/in.h>
#include <pthread.h>
#include <unistd.h>

#include "unit.h"

#include "net/exchange.h"

#define DEADLINE_MS 400
/* Forty milliseconds for each, if we were slow to acknowledge, are twice the deadline. */
#define ANSWERS 20
#define ANSWER "ab"

/* --- the other side: one connection, served in a thread --- */

struct peer {
	int listener;
	pthread_t thread;
	void (*serve)(int fd);
};

static void *serve_one(void *context)
{
	const struct peer *peer = context;
	int fd = accept(peer->listener, NULL, NULL);
	if (fd >= 0) {
		peer->serve(fd);
		close(fd);
	}
	return NULL;
}

static struct sockaddr_storage listen_here(int *ret_listener)
{
	struct sockaddr_storage address = {0};
	struct sockaddr_in in = {.sin_family = AF_INET};
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memcpy(&address, &in, sizeof(in));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(struct sockaddr_in);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*ret_listener = fd;
	return address;
}

static struct sockaddr_storage peer_start(struct peer *peer, void (*serve)(int fd))
{
	struct sockaddr_storage address = listen_here(&peer->listener);
	peer->serve = serve;
	assert_int_equal(pthread_create(&peer->thread, NULL, serve_one, peer), 0);
	return address;
}

static void peer_end(struct peer *peer)
{
	pthread_join(peer->thread, NULL);
	close(peer->listener);
}

static void echo(int fd)
{
	char octets[100];
	ssize_t len;
	while ((len = recv(fd, octets, sizeof(octets), 0)) > 0) {
		(void)send(fd, octets, (size_t)len, MSG_NOSIGNAL);
	}
}

/* The system holds back the second write until the first one is acknowledged (RFC 896). */
static void answer_in_pieces(int fd)
{
	char octets[100];
	while (recv(fd, octets, sizeof(octets), 0) > 0) {
		(void)send(fd, ANSWER, 1, MSG_NOSIGNAL);
		(void)send(fd, &ANSWER[1], 1, MSG_NOSIGNAL);
	}
}

static void read_on(int fd)
{
	char octets[100];
	while (recv(fd, octets, sizeof(octets), 0) > 0) {
	}
}

static void say_and_close(int fd)
{
	(void)send(fd, "bye", 3, MSG_NOSIGNAL);
}

static void hang_up(int fd)
{
	struct linger linger = {.l_onoff = 1};
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* --- our side --- */

struct script {
	const char *greeting; /* sent when connected */
	const char *wanted;   /* done when this has come; NULL: never */
	unsigned pause_ms;    /* after the greeting; "again" is sent when woken */
	unsigned deadline_ms; /* asked for when connected */
	bool asks_on;	      /* sends the greeting anew after each answer */
	struct buffer received;
	bool is_connected;
	bool is_woken;
	unsigned ends;
	enum exchange_end end;
};

static struct exchange_next on_event(void *context, enum exchange_event event, struct span octets,
				     struct buffer *send)
{
	struct script *script = context;
	struct exchange_next next = {0};
	if (event == EXCHANGE_CONNECTED) {
		script->is_connected = true;
		buffer_puts(send, script->greeting);
		next.pause_ms = script->pause_ms;
		next.deadline_ms = script->deadline_ms;
	}
	if (event == EXCHANGE_WOKEN) {
		script->is_woken = true;
		buffer_puts(send, "again");
	}
	buffer_append(&script->received, octets);
	if (script->asks_on && event == EXCHANGE_RECEIVED &&
	    script->received.len % strlen(ANSWER) == 0) {
		buffer_puts(send, script->greeting);
	}
	struct span all = buffer_span(&script->received);
	next.is_done = script->wanted != NULL && span_equal(all, span_of_string(script->wanted));
	return next;
}

static void on_end(void *context, enum exchange_end end)
{
	struct script *script = context;
	script->ends++;
	script->end = end;
}

static bool has_ended(void *context)
{
	return ((const struct script *)context)->ends > 0;
}

static struct script script_new(const char *greeting, const char *wanted)
{
	return (struct script){
		.greeting = greeting, .wanted = wanted, .received = buffer_new(1000)};
}

/* How long it took. */
static int64_t play(struct script *script, struct sockaddr_storage address)
{
	struct loop *loop = loop_new();
	const struct exchange_options options = {.peer = address, .deadline_ms = DEADLINE_MS};
	const struct exchange_dialogue dialogue = {on_event, on_end, script};
	int64_t began_ms = loop_now_ms(loop);
	assert_non_null(exchange_new(loop, &options, &dialogue));
	assert_int_equal(script->ends, 0);
	loop_run(loop, has_ended, script);
	int64_t took_ms = loop_now_ms(loop) - began_ms;
	loop_free(loop);
	assert_int_equal(script->ends, 1);
	buffer_free(&script->received);
	return took_ms;
}

static const struct row {
	const char *name;
	void (*serve)(int fd);
	const char *wanted;
	unsigned pause_ms;
	enum exchange_end end;
} rows[] = {
	{"seen enough", echo, "hello", 0, EXCHANGE_DONE},
	{"a pause", echo, "helloagain", 50, EXCHANGE_DONE},
	{"silence", read_on, "hello", 0, EXCHANGE_TIMEOUT},
	{"not what was wanted", echo, "something else", 0, EXCHANGE_TIMEOUT},
	{"closed", say_and_close, "hello", 0, EXCHANGE_CLOSED},
	{"reset", hang_up, "hello", 0, EXCHANGE_RESET},
};

static void test_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct peer peer;
		struct script script = script_new("hello", rows[i].wanted);
		script.pause_ms = rows[i].pause_ms;
		/* closed and reset: nothing is sent, or the order of events would be open */
		if (rows[i].end == EXCHANGE_CLOSED || rows[i].end == EXCHANGE_RESET) {
			script.greeting = "";
		}
		int64_t took_ms = play(&script, peer_start(&peer, rows[i].serve));
		peer_end(&peer);
		assert_row_int(rows[i].name, script.end, rows[i].end);
		assert_row_int(rows[i].name, script.is_woken, rows[i].pause_ms > 0);
		bool is_late = rows[i].end == EXCHANGE_TIMEOUT;
		assert_row_int(rows[i].name, took_ms >= DEADLINE_MS - 5, is_late);
	}
}

static void test_acknowledges_at_once(void **state)
{
	(void)state;
	struct peer peer;
	struct buffer wanted = buffer_new(1000);
	for (size_t i = 0; i < ANSWERS; i++) {
		buffer_puts(&wanted, ANSWER);
	}
	buffer_putc(&wanted, '\0');
	struct script script = script_new("hello", wanted.data);
	script.asks_on = true;
	play(&script, peer_start(&peer, answer_in_pieces));
	peer_end(&peer);
	assert_int_equal(script.end, EXCHANGE_DONE);
	buffer_free(&wanted);
}

static void test_refused(void **state)
{
	(void)state;
	int listener;
	struct sockaddr_storage address = listen_here(&listener);
	close(listener);
	struct script script = script_new("hello", "hello");
	play(&script, address);
	assert_int_equal(script.end, EXCHANGE_REFUSED);
	assert_false(script.is_connected);
}

static void test_no_such_family(void **state)
{
	(void)state;
	struct sockaddr_storage address = {.ss_family = 200};
	struct script script = script_new("hello", "hello");
	play(&script, address);
	assert_int_equal(script.end, EXCHANGE_LOCAL);
}

static void test_shorter_deadline(void **state)
{
	(void)state;
	struct peer peer;
	struct script script = script_new("hello", NULL);
	script.deadline_ms = 50;
	int64_t took_ms = play(&script, peer_start(&peer, read_on));
	peer_end(&peer);
	assert_int_equal(script.end, EXCHANGE_TIMEOUT);
	assert_true(took_ms < DEADLINE_MS - 100);
}

static void test_longer_deadline_does_not_count(void **state)
{
	(void)state;
	struct peer peer;
	struct script script = script_new("hello", NULL);
	script.deadline_ms = 60000;
	int64_t took_ms = play(&script, peer_start(&peer, read_on));
	peer_end(&peer);
	assert_int_equal(script.end, EXCHANGE_TIMEOUT);
	assert_true(took_ms < 5000);
}

static void test_stop(void **state)
{
	(void)state;
	struct peer peer;
	struct loop *loop = loop_new();
	struct script script = script_new("hello", NULL);
	const struct exchange_options options = {.peer = peer_start(&peer, read_on),
						 .deadline_ms = DEADLINE_MS};
	const struct exchange_dialogue dialogue = {on_event, on_end, &script};
	struct exchange *exchange = exchange_new(loop, &options, &dialogue);
	exchange_stop(exchange);
	assert_int_equal(script.ends, 1);
	assert_int_equal(script.end, EXCHANGE_STOPPED);
	loop_free(loop);
	peer_end(&peer);
	buffer_free(&script.received);
}

struct clock {
	struct loop *loop;
	char order[8];
	size_t count;
	struct timer *timers[3];
};

static void note(struct clock *clock, char letter)
{
	clock->order[clock->count++] = letter;
}

static void on_first(void *context)
{
	struct clock *clock = context;
	note(clock, 'a');
	/* setting it anew puts it off */
	timer_set(clock->timers[2], 60);
}

static void on_second(void *context)
{
	note(context, 'b');
}

static void on_third(void *context)
{
	note(context, 'c');
}

static bool has_two(void *context)
{
	return ((const struct clock *)context)->count >= 3;
}

static void test_timers(void **state)
{
	(void)state;
	struct clock clock = {.loop = loop_new()};
	void (*const calls[])(void *context) = {on_first, on_second, on_third};
	for (size_t i = 0; i < 3; i++) {
		clock.timers[i] = timer_new(clock.loop, calls[i], &clock);
	}
	timer_set(clock.timers[0], 10);
	timer_set(clock.timers[1], 50);
	timer_set(clock.timers[2], 30);
	loop_run(clock.loop, has_two, &clock);
	assert_string_equal(clock.order, "abc");
	for (size_t i = 0; i < 3; i++) {
		timer_set(clock.timers[i], 1000);
		timer_free(clock.timers[i]);
	}
	timer_free(NULL);
	loop_free(clock.loop);
	loop_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_acknowledges_at_once),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_such_family),
		cmocka_unit_test(test_shorter_deadline),
		cmocka_unit_test(test_longer_deadline_does_not_count),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_timers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
