/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * libopendkim on the messages that bench_dkim left in a folder: messages verified per second of CPU
 * time. A program of its own, because both libraries have a dkim_verify(). bench_dkim_peer FOLDER
 * NUMBER TIMES only verifies one of them so many times.
 */
#define _DEFAULT_SOURCE /* u_char in the library's header */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

#include "measure.h"

#define FILE_MAX ((size_t)4 << 20)
#define ROUND_BYTES ((size_t)60 << 20)
#define ROUND_MIN 20
#define ROUND_MAX 10000

static unsigned char *message;
static const char *record;

static DKIM_CBSTAT look_up(DKIM *dkim, DKIM_SIGINFO *signature, u_char *text, size_t size)
{
	snprintf((char *)text, size, "%s", record);
	return DKIM_CBSTAT_CONTINUE;
}

static void verify(DKIM_LIB *library, size_t len)
{
	static unsigned char id[] = "bench";
	DKIM_STAT status = DKIM_STAT_OK;
	DKIM *dkim = dkim_verify(library, id, NULL, &status);
	if (dkim == NULL || dkim_chunk(dkim, message, len) != DKIM_STAT_OK ||
	    dkim_chunk(dkim, NULL, 0) != DKIM_STAT_OK || dkim_eom(dkim, NULL) != DKIM_STAT_OK) {
		fprintf(stderr, "bench_dkim_peer: verifying failed\n");
		exit(EXIT_FAILURE);
	}
	dkim_free(dkim);
}

static size_t read_message(const char *folder, const char *number)
{
	char name[64];
	snprintf(name, sizeof(name), "%s.eml", number);
	size_t len;
	free(message);
	message = (unsigned char *)read_file_in(folder, name, FILE_MAX, &len);
	return len;
}

static void measure(DKIM_LIB *library, const char *folder, const char *number)
{
	size_t len = read_message(folder, number);
	size_t rounds = ROUND_BYTES / len;
	rounds = rounds < ROUND_MIN ? ROUND_MIN : rounds > ROUND_MAX ? ROUND_MAX : rounds;
	double start = cpu_seconds();
	for (size_t round = 0; round < rounds; round++) {
		verify(library, len);
	}
	printf("%zu libopendkim %.0f\n", len, (double)rounds / (cpu_seconds() - start));
}

int main(int argc, char **argv)
{
	static const char *const numbers[] = {"0", "1", "2", "3"};
	DKIM_LIB *library = dkim_init(NULL, NULL);
	if ((argc != 2 && argc != 4) || library == NULL) {
		return EXIT_FAILURE;
	}
	size_t record_len;
	record = read_file_in(argv[1], "record", FILE_MAX, &record_len);
	(void)dkim_set_key_lookup(library, look_up);
	if (argc == 2) {
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
			measure(library, argv[1], numbers[i]);
		}
	} else {
		size_t len = read_message(argv[1], argv[2]);
		for (unsigned long i = strtoul(argv[3], NULL, 10); i > 0; i--) {
			verify(library, len);
		}
	}
	dkim_close(library);
	return EXIT_SUCCESS;
}
