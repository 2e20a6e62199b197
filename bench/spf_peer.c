/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * libspf2 on the questions of bench_spf: evaluations per second of CPU time. Its answers come from
 * a hash table in memory, because its own layers for that search line by line.
 */
#define _DEFAULT_SOURCE /* what the library's headers need */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <spf2/spf.h>

#define LINE_MAX_OCTETS 4096
#define NAMES_MAX 20000
#define QUESTIONS_MAX 10000

struct question {
	char ip[64];
	char helo[256];
	char mail_from[256];
};

static struct question questions[QUESTIONS_MAX];
static size_t question_count;

static void check(bool condition, const char *what)
{
	if (!condition) {
		fprintf(stderr, "bench_spf_peer: %s failed\n", what);
		exit(EXIT_FAILURE);
	}
}

static double cpu_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- the answers --- */

static void make_key(char *key, size_t size, const char *name, int type)
{
	size_t len = (size_t)snprintf(key, size, "%d %s", type, name);
	for (size_t i = 0; i < len && i < size; i++) {
		key[i] = (char)tolower((unsigned char)key[i]);
	}
}

static SPF_dns_rr_t *find(const char *name, int type)
{
	char key[512];
	make_key(key, sizeof(key), name, type);
	ENTRY *found = hsearch((ENTRY){.key = key}, FIND);
	return found != NULL ? found->data : NULL;
}

static void put(const char *name, int type, const void *data, size_t len)
{
	SPF_dns_rr_t *rr = find(name, type);
	if (rr == NULL) {
		char key[512];
		make_key(key, sizeof(key), name, type);
		rr = SPF_dns_rr_new_init(NULL, name, type, 3600, NETDB_SUCCESS);
		check(rr != NULL && hsearch((ENTRY){strdup(key), rr}, ENTER) != NULL,
		      "keeping an answer");
	}
	check(SPF_dns_rr_buf_realloc(rr, rr->num_rr, len) == SPF_E_SUCCESS, "keeping a record");
	memcpy(rr->rr[rr->num_rr++], data, len);
}

/* "one" "two" -> onetwo */
static size_t unquote(const char *text, char *value)
{
	size_t len = 0;
	bool is_inside = false;
	for (; *text != '\0'; text++) {
		if (*text == '"') {
			is_inside = !is_inside;
		} else if (is_inside) {
			value[len++] = *text;
		}
	}
	value[len] = '\0';
	return len + 1;
}

static void add_record(char *name, const char *type, char *data)
{
	char value[LINE_MAX_OCTETS];
	name[strlen(name) - 1] = '\0'; /* the dot at the end */
	if (strcmp(type, "TXT") == 0) {
		put(name, ns_t_txt, value, unquote(data, value));
	} else if (strcmp(type, "MX") == 0) {
		char *host = strchr(data, ' ') + 1;
		host[strlen(host) - 1] = '\0';
		put(name, ns_t_mx, host, strlen(host) + 1);
	} else if (strcmp(type, "A") == 0) {
		check(inet_pton(AF_INET, data, value) == 1, data);
		put(name, ns_t_a, value, sizeof(struct in_addr));
	} else {
		check(inet_pton(AF_INET6, data, value) == 1, data);
		put(name, ns_t_aaaa, value, sizeof(struct in6_addr));
	}
}

static void read_lines(const char *path)
{
	static char line[LINE_MAX_OCTETS];
	FILE *file = fopen(path, "rb");
	check(file != NULL && hcreate(2 * NAMES_MAX) != 0, path);
	while (fgets(line, sizeof(line), file) != NULL) {
		char name[256];
		char type[16];
		int start = 0;
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "world %255s %15s %n", name, type, &start) == 2) {
			add_record(name, type, line + start);
			continue;
		}
		struct question *question = &questions[question_count++];
		check(question_count < QUESTIONS_MAX &&
			      sscanf(line, "test %63s %255s %255s", question->ip, question->helo,
				     question->mail_from) == 3,
		      line);
	}
	fclose(file);
}

/* The library frees what it is given. */
static SPF_dns_rr_t *look_up(SPF_dns_server_t *server, const char *name, ns_type type,
			     int should_cache)
{
	SPF_dns_rr_t *known = find(name, type);
	SPF_dns_rr_t *copy = NULL;
	if (known == NULL) {
		return SPF_dns_rr_new_init(server, name, type, 3600, HOST_NOT_FOUND);
	}
	check(SPF_dns_rr_dup(&copy, known) == SPF_E_SUCCESS, "answering");
	return copy;
}

/* --- the questions --- */

static SPF_result_t evaluate(SPF_server_t *server, const struct question *question)
{
	SPF_request_t *request = SPF_request_new(server);
	SPF_response_t *response = NULL;
	check(request != NULL, "asking");
	if (strchr(question->ip, ':') != NULL) {
		SPF_request_set_ipv6_str(request, question->ip);
	} else {
		SPF_request_set_ipv4_str(request, question->ip);
	}
	SPF_request_set_helo_dom(request, question->helo);
	SPF_request_set_env_from(request, question->mail_from);
	SPF_request_query_mailfrom(request, &response);
	SPF_result_t result = response != NULL ? SPF_response_result(response) : SPF_RESULT_INVALID;
	SPF_response_free(response);
	SPF_request_free(request);
	return result;
}

int main(int argc, char **argv)
{
	static SPF_dns_server_t dns = {.lookup = look_up, .name = "memory"};
	check(argc == 4, "usage: bench_spf_peer QUESTIONS RESULTS TIMES");
	read_lines(argv[1]);
	SPF_server_t *server = SPF_server_new_dns(&dns, 0 /* debug */);
	FILE *results = fopen(argv[2], "wb");
	check(server != NULL && results != NULL, "starting");
	(void)SPF_server_set_rec_dom(server, "bench.example");
	for (size_t i = 0; i < question_count; i++) {
		fprintf(results, "%s\n", SPF_strresult(evaluate(server, &questions[i])));
	}
	fclose(results);
	unsigned long times = strtoul(argv[3], NULL, 10);
	double start = cpu_seconds();
	for (unsigned long round = 0; round < times; round++) {
		for (size_t i = 0; i < question_count; i++) {
			(void)evaluate(server, &questions[i]);
		}
	}
	double spent = cpu_seconds() - start;
	if (spent > 0) {
		printf("libspf2 %.0f\n", (double)(times * question_count) / spent);
	}
	SPF_server_free(server);
	return EXIT_SUCCESS;
}
