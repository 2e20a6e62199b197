/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Distance for a lab on loopback: takes DNS questions over UDP at port 53 of every address, passes
 * them on to the same address at port 5300, and holds the answers back. Some are lost. Each
 * question that comes is written down, and whether an answer came back for it: who asks what twice
 * can be counted. For a network namespace of its own.
 *
 * usage: bench_scan_delay DELAY-MS LOSS-PERMILLE [LOG]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LOWER_PORT 5300
#define UPPER_PORT 53
#define PACKET_MAX 4096
#define HELD_MAX 65536
#define IDS 65536
/* A power of two, above the number of servers of a lab. */
#define SERVERS 4096

/* Who asked under one of our ids. */
struct asker {
	struct sockaddr_in client;
	struct in_addr server;
	uint16_t id;
	int is_open;
};

/* An answer on its way. */
struct held {
	int64_t due_us;
	struct asker asker;
	size_t len;
	unsigned char octets[PACKET_MAX];
};

/* What one server was asked in this second. */
struct share {
	struct in_addr server;
	int64_t second;
	unsigned count;
};

static struct asker askers[IDS];
static struct share shares[SERVERS];
static unsigned rate;	  /* 0: no limit */
static struct held *held; /* a ring: the delay is the same for all */
static size_t first_held;
static size_t held_count;
static volatile sig_atomic_t is_over;

static void end(int signal_number)
{
	(void)signal_number;
	is_over = 1;
}

static int64_t now_us(void)
{
	struct timespec at = {0};
	clock_gettime(CLOCK_MONOTONIC, &at);
	return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

static int open_socket(uint16_t port)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int on = 1;
	int octets = 8 << 20;
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(port)};
	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) != 0) {
		perror("bench_scan_delay");
		exit(1);
	}
	return fd;
}

/* "? server milliseconds name type", "!" for an answer; the name as hexadecimal octets. */
static void write_down(FILE *log, const struct asker *asker, const unsigned char *octets,
		       size_t len, char what)
{
	if (log == NULL) {
		return;
	}
	fprintf(log, "%c %s %lld ", what, inet_ntoa(asker->server), (long long)(now_us() / 1000));
	for (size_t i = 12; i < len && i < 12 + 260; i++) {
		fprintf(log, "%02x", octets[i]);
		if (octets[i] == 0 && i + 4 < len) {
			fprintf(log, " %u\n", (unsigned)(octets[i + 1] << 8 | octets[i + 2]));
			return;
		}
	}
	fputs(" 0\n", log);
}

static int is_above_rate(struct in_addr server)
{
	size_t i = (ntohl(server.s_addr) * 2654435761U >> 12) % SERVERS;
	while (shares[i].server.s_addr != 0 && shares[i].server.s_addr != server.s_addr) {
		i = (i + 1) % SERVERS;
	}
	int64_t second = now_us() / 1000000;
	if (shares[i].second != second) {
		shares[i] = (struct share){server, second, 0};
	}
	return rate > 0 && ++shares[i].count > rate;
}

/* Takes one question. 0 when there is none. */
static int take_question(int upper, int lower, unsigned loss, FILE *log)
{
	static uint16_t next_id;
	unsigned char octets[PACKET_MAX];
	char control[256];
	struct asker asker = {.is_open = 1};
	struct iovec part = {octets, sizeof(octets)};
	struct msghdr message = {.msg_name = &asker.client,
				 .msg_namelen = sizeof(asker.client),
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	ssize_t len = recvmsg(upper, &message, 0);
	if (len < 12) {
		return len >= 0;
	}
	for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at != NULL;
	     at = CMSG_NXTHDR(&message, at)) {
		if (at->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;
			memcpy(&info, CMSG_DATA(at), sizeof(info));
			asker.server = info.ipi_addr;
		}
	}
	write_down(log, &asker, octets, (size_t)len, '?');
	if (is_above_rate(asker.server) || (unsigned)(rand() % 1000) < loss) {
		return 1;
	}
	memcpy(&asker.id, octets, sizeof(asker.id));
	uint16_t id = next_id++;
	askers[id] = asker;
	memcpy(octets, &id, sizeof(id));
	struct sockaddr_in server = {
		.sin_family = AF_INET, .sin_port = htons(LOWER_PORT), .sin_addr = asker.server};
	sendto(lower, octets, (size_t)len, 0, (struct sockaddr *)&server, sizeof(server));
	return 1;
}

static int take_answer(int lower, int64_t delay_us, unsigned loss)
{
	unsigned char octets[PACKET_MAX];
	ssize_t len = recv(lower, octets, sizeof(octets), 0);
	if (len < 12) {
		return len >= 0 || errno == ECONNREFUSED;
	}
	uint16_t id;
	memcpy(&id, octets, sizeof(id));
	struct asker asker = askers[id];
	askers[id].is_open = 0;
	if (!asker.is_open || held_count == HELD_MAX || (unsigned)(rand() % 1000) < loss) {
		return 1;
	}
	struct held *place = &held[(first_held + held_count++) % HELD_MAX];
	place->due_us = now_us() + delay_us;
	place->asker = asker;
	place->len = (size_t)len;
	memcpy(place->octets, octets, (size_t)len);
	memcpy(place->octets, &asker.id, sizeof(asker.id));
	return 1;
}

static void send_answer(int upper, struct held *one)
{
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))] = {0};
	struct in_pktinfo info = {.ipi_spec_dst = one->asker.server};
	struct iovec part = {one->octets, one->len};
	struct msghdr message = {.msg_name = &one->asker.client,
				 .msg_namelen = sizeof(one->asker.client),
				 .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = IPPROTO_IP;
	header->cmsg_type = IP_PKTINFO;
	header->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(header), &info, sizeof(info));
	sendmsg(upper, &message, 0);
}

static void send_due(int upper, FILE *log)
{
	int64_t now = now_us();
	while (held_count > 0 && held[first_held].due_us <= now) {
		struct held *one = &held[first_held];
		send_answer(upper, one);
		write_down(log, &one->asker, one->octets, one->len, '!');
		first_held = (first_held + 1) % HELD_MAX;
		held_count--;
	}
}

static void serve(int upper, int lower, int64_t delay_us, unsigned loss, FILE *log)
{
	struct pollfd fds[] = {{.fd = upper, .events = POLLIN}, {.fd = lower, .events = POLLIN}};
	while (!is_over) {
		poll(fds, 2, held_count > 0 ? 1 : 100);
		for (int i = 0; i < 256 && take_question(upper, lower, loss, log); i++) {
		}
		for (int i = 0; i < 256 && take_answer(lower, delay_us, loss); i++) {
		}
		send_due(upper, log);
	}
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: bench_scan_delay DELAY-MS LOSS-PERMILLE [LOG [RATE]]\n");
		return 2;
	}
	int64_t delay_us = strtoll(argv[1], NULL, 10) * 1000;
	unsigned loss = (unsigned)strtoul(argv[2], NULL, 10);
	FILE *log = argc > 3 ? fopen(argv[3], "w") : NULL;
	rate = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
	held = calloc(HELD_MAX, sizeof(*held));
	if (held == NULL) {
		return 1;
	}
	signal(SIGTERM, end);
	signal(SIGINT, end);
	serve(open_socket(UPPER_PORT), open_socket(0), delay_us, loss, log);
	return log == NULL || fclose(log) == 0 ? 0 : 1;
}
