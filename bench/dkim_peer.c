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
#include <time.h>

#include <opendkim/dkim.h>

#define FILE_MAX ((size_t)4 << 20)
#define ROUND_BYTES ((size_t)60 << 20)
#define ROUND_MIN 20
#define ROUND_MAX 10000

static unsigned char message[FILE_MAX];
static unsigned char record[FILE_MAX];

static size_t read_file(const char *folder, const char *name, unsigned char *text)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (file == NULL) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	size_t len = fread(text, 1, FILE_MAX - 1, file);
	text[len] = '\0';
	fclose(file);
	return len;
}

static DKIM_CBSTAT look_up(DKIM *dkim, DKIM_SIGINFO *signature, u_char *text, size_t size)
{
	snprintf((char *)text, size, "%s", (const char *)record);
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

static double cpu_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t read_message(const char *folder, const char *number)
{
	char name[64];
	snprintf(name, sizeof(name), "%s.eml", number);
	return read_file(folder, name, message);
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
	(void)read_file(argv[1], "record", record);
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
