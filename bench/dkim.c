/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Messages verified per second of CPU time, with a key seen first and with a known key: RSA-2048,
 * relaxed/relaxed, four sizes. The messages and the key's record stay in the folder given, for
 * bench_dkim_peer. With more arguments it only verifies one of the messages found there so many
 * times: bench_dkim FOLDER NUMBER first|known TIMES, for whoever counts instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "authenticate/sign.h"
#include "facts/set.h"
#include "measure.h"
#include "records/txt.h"

#define MESSAGE_MAX ((size_t)4 << 20)
#define ARENA_MAX ((size_t)16 << 20)
/* What one measurement hashes, roughly; and at least so many messages. */
#define ROUND_BYTES ((size_t)60 << 20)
#define ROUND_MIN 20
#define ROUND_MAX 10000

struct bench {
	struct private_key *key;
	struct buffer record;
	struct facts *facts;
	struct arena *arena;
	struct key_cache *cache; /* of the run at hand; NULL for keys seen first */
};

/* Two that differ, verified in turns: the same one again would be answered from memory. */
struct pair {
	struct buffer messages[2];
};

/* Short words in lines of ordinary length. */
static void write_body(struct buffer *text, size_t size)
{
	static const char *const words[] = {"the",  "quick", "brown", "fox",  "jumps",
					    "over", "a",     "lazy",  "dog.", "Twice."};
	unsigned state = 1;
	size_t start = text->len;
	size_t line = text->len;
	while (text->len - start < size) {
		state = state * 1103515245 + 12345;
		buffer_puts(text, words[(state >> 16) % 10]);
		bool is_full = text->len - line > 68;
		buffer_puts(text, is_full ? "\r\n" : " ");
		line = is_full ? text->len : line;
	}
	buffer_puts(text, "\r\n");
}

static void write_message(struct buffer *text, size_t body_size, size_t number)
{
	for (int i = 1; i <= 3; i++) {
		buffer_printf(text,
			      "Received: from mx%d.example.org (mx%d.example.org [192.0.2.%d])\r\n"
			      "\tby mail.example.com with ESMTPS id abcdef%d\r\n"
			      "\tfor <bo@example.com>; Mon, 23 Nov 2026 10:00:00 +0000\r\n",
			      i, i, i, i);
	}
	buffer_puts(text, "From: Ann Other <ann@sender.example>\r\nTo: Bo <bo@example.com>\r\n"
			  "Cc: Cy <cy@example.com>\r\n");
	buffer_printf(text, "Subject: an ordinary subject %zu\r\n", number);
	buffer_puts(text, "Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n"
			  "Message-ID: <12345@sender.example>\r\nMIME-Version: 1.0\r\n"
			  "Content-Type: text/plain; charset=utf-8\r\n\r\n");
	write_body(text, body_size);
}

static void sign(struct bench *bench, struct buffer *message)
{
	static const struct span names[] = {
		SPAN_INIT("from"),	   SPAN_INIT("to"),	      SPAN_INIT("cc"),
		SPAN_INIT("date"),	   SPAN_INIT("subject"),      SPAN_INIT("message-id"),
		SPAN_INIT("mime-version"), SPAN_INIT("content-type"),
	};
	struct mail_options options = {.is_for_signing = true};
	struct mail_reader *reader = mail_reader_new(bench->arena, &options);
	struct buffer signed_message = buffer_new(MESSAGE_MAX);
	struct sign_request request = {
		.key = bench->key,
		.domain = SPAN("sender.example"),
		.selector = SPAN("s1"),
		.names = {names, sizeof(names) / sizeof(names[0])},
		.time = time(NULL) - 60,
	};
	mail_reader_feed(reader, buffer_span(message));
	const struct mail *mail = mail_reader_end(reader);
	check(sign_dkim(bench->arena, mail, &request, &signed_message, NULL) == 0, "signing");
	mail_reader_close(reader);
	arena_reset(bench->arena);
	buffer_append(&signed_message, buffer_span(message));
	buffer_free(message);
	*message = signed_message;
}

static bool verify(struct bench *bench, struct span message)
{
	struct mail_options mail_options = {.line_ends = LINE_ENDS_CRLF};
	struct dkim_options options = {
		.now = time(NULL),
		.skew_s = DKIM_SKEW_S,
		.key = {.cache = bench->cache},
	};
	struct mail_reader *reader = mail_reader_new(bench->arena, &mail_options);
	struct wants wants = wants_new(bench->arena);
	struct inquiry inquiry = {bench->facts, &wants};
	mail_reader_feed(reader, message);
	const struct dkim_report *report =
		dkim_verify(bench->arena, &inquiry, mail_reader_end(reader), &options);
	bool is_good = report != NULL && report->verdicts[0].result == DKIM_PASS;
	mail_reader_close(reader);
	arena_reset(bench->arena);
	return is_good;
}

static void verify_in_turns(struct bench *bench, const struct pair *pair, size_t times)
{
	for (size_t i = 0; i < times; i++) {
		check(verify(bench, buffer_span(&pair->messages[i % 2])), "verifying");
	}
}

static double rate(struct bench *bench, const struct pair *pair)
{
	size_t rounds = ROUND_BYTES / pair->messages[0].len;
	rounds = rounds < ROUND_MIN ? ROUND_MIN : rounds > ROUND_MAX ? ROUND_MAX : rounds;
	verify_in_turns(bench, pair, 2);
	double start = cpu_seconds();
	verify_in_turns(bench, pair, rounds);
	return (double)rounds / (cpu_seconds() - start);
}

static void write_file(const char *folder, const char *name, struct span text)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	check(file != NULL && fwrite(text.ptr, 1, text.len, file) == text.len, path);
	fclose(file);
}

static void measure(struct bench *bench, size_t body_size, const char *folder, int number)
{
	struct pair pair = {{buffer_new(MESSAGE_MAX), buffer_new(MESSAGE_MAX)}};
	char name[32];
	for (size_t i = 0; i < 2; i++) {
		write_message(&pair.messages[i], body_size, i);
		sign(bench, &pair.messages[i]);
		snprintf(name, sizeof(name), "%d%s.eml", number, i == 0 ? "" : "-other");
		write_file(folder, name, buffer_span(&pair.messages[i]));
	}
	printf("%zu first %.0f\n", pair.messages[0].len, rate(bench, &pair));
	bench->cache = key_cache_new(1);
	printf("%zu known %.0f\n", pair.messages[0].len, rate(bench, &pair));
	key_cache_free(bench->cache);
	bench->cache = NULL;
	buffer_free(&pair.messages[0]);
	buffer_free(&pair.messages[1]);
}

static void load(const char *folder, const char *name, struct buffer *text)
{
	size_t len;
	char *octets = read_file_in(folder, name, MESSAGE_MAX, &len);
	buffer_append(text, span_of(octets, len));
	free(octets);
}

static void publish(struct bench *bench)
{
	struct buffer rdata = buffer_new(LIMIT_DNS_MESSAGE);
	txt_to_rdata(buffer_span(&bench->record), &rdata);
	struct dns_record record = {3600, buffer_span(&rdata)};
	struct dns_answer answer = {.records = &record, .record_count = 1};
	struct fact fact = {
		.key = {FACT_DNS, RR_TXT, SPAN("s1._domainkey.sender.example")},
		.state = FACT_PRESENT,
		.dns = &answer,
	};
	check(facts_add(bench->facts, &fact, NULL) == 0, "publishing");
	buffer_free(&rdata);
}

static void measure_all(struct bench *bench, const char *folder)
{
	static const size_t sizes[] = {1500, 20000, 200000, 2000000};
	check(private_key_generate(KEY_RSA, 2048, &bench->key, NULL) == 0, "making a key");
	check(sign_key_record(bench->key, &bench->record, NULL) == 0, "writing its record");
	publish(bench);
	write_file(folder, "record", buffer_span(&bench->record));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		measure(bench, sizes[i], folder, (int)i);
	}
	private_key_free(bench->key);
}

static void repeat(struct bench *bench, char **words)
{
	struct pair pair = {{buffer_new(MESSAGE_MAX), buffer_new(MESSAGE_MAX)}};
	char name[64];
	for (size_t i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s%s.eml", words[2], i == 0 ? "" : "-other");
		load(words[1], name, &pair.messages[i]);
	}
	load(words[1], "record", &bench->record);
	publish(bench);
	bench->cache = strcmp(words[3], "known") == 0 ? key_cache_new(1) : NULL;
	verify_in_turns(bench, &pair, strtoul(words[4], NULL, 10));
	key_cache_free(bench->cache);
	buffer_free(&pair.messages[0]);
	buffer_free(&pair.messages[1]);
}

int main(int argc, char **argv)
{
	struct bench bench = {
		.record = buffer_new(LIMIT_DNS_MESSAGE),
		.facts = facts_new(0 /* seed */),
		.arena = arena_new(ARENA_MAX),
	};
	check(argc == 2 || argc == 5, "usage: bench_dkim FOLDER [NUMBER first|known TIMES]");
	if (argc == 2) {
		measure_all(&bench, argv[1]);
	} else {
		repeat(&bench, argv);
	}
	facts_free(bench.facts);
	arena_free(bench.arena);
	buffer_free(&bench.record);
	return EXIT_SUCCESS;
}
