/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Asks servers directly. */
#include "collect/dns_probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

/* RFC 1035 4.2.1: what a server may send to who does not speak EDNS; some send more. */
#define RECEIVE_BYTES 4096
/* Answers that are not ours are skipped, but not for ever. */
#define MAX_STRAY_ANSWERS 16

static int64_t now_ms(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* splitmix64: ids need not repeat and not be guessed at a glance; the port is the kernel's choice.
 */
static uint16_t next_id(uint64_t *random)
{
	uint64_t z = *random += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint16_t)(z ^ (z >> 31));
}

static void end(struct dns_probe *probe, enum dns_probe_state state)
{
	probe->state = state;
	if (probe->fd >= 0) {
		close(probe->fd);
		probe->fd = -1;
	}
}

static enum dns_probe_state state_of_errno(int error)
{
	return error == ECONNREFUSED ? DNS_PROBE_REFUSED : DNS_PROBE_UNREACHABLE;
}

static void send_question(struct dns_probe *probe)
{
	struct buffer question = buffer_new(LIMIT_DNS_MESSAGE);
	dns_packet_write_question(&question, probe->id, probe->key, probe->is_recursive);
	if (question.is_failed || send(probe->fd, question.data, question.len, 0) < 0) {
		end(probe, state_of_errno(errno));
	}
	buffer_free(&question);
}

static void start(struct dns_probe *probe, uint64_t *random)
{
	const struct dns_server *server = &probe->server;
	probe->id = next_id(random);
	probe->fd = socket(server->address.ss_family, SOCK_DGRAM, 0);
	/* Connected, so that only this server's answers and the network's errors arrive. */
	if (probe->fd < 0 || fcntl(probe->fd, F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(probe->fd, F_SETFL, O_NONBLOCK) < 0 ||
	    connect(probe->fd, (const struct sockaddr *)&server->address, server->address_len) <
		    0) {
		end(probe, DNS_PROBE_UNREACHABLE);
		return;
	}
	send_question(probe);
}

static bool is_ours(const struct dns_probe *probe, const struct dns_packet *packet)
{
	return packet->is_response && packet->id == probe->id &&
	       packet->question_type == probe->key.type &&
	       span_equal(packet->question_name, probe->key.subject);
}

static void receive(struct arena *arena, struct dns_probe *probe)
{
	char octets[RECEIVE_BYTES];
	for (unsigned i = 0; i < MAX_STRAY_ANSWERS; i++) {
		ssize_t len = recv(probe->fd, octets, sizeof(octets), 0);
		if (len < 0) {
			if (errno != EAGAIN && errno != EINTR) {
				end(probe, state_of_errno(errno));
			}
			return;
		}
		struct dns_packet packet;
		if (dns_packet_read(arena, span_of(octets, (size_t)len), &packet) &&
		    is_ours(probe, &packet)) {
			probe->packet = packet;
			end(probe, DNS_PROBE_ANSWERED);
			return;
		}
	}
}

/* Waits for one event and takes in what has come. False when none is open any more. */
static bool turn(struct arena *arena, struct dns_probe *probes, size_t count, int wait_ms)
{
	struct pollfd fds[DNS_PROBE_MAX_SOCKETS];
	bool is_any_open = false;
	for (size_t i = 0; i < count; i++) {
		fds[i] = (struct pollfd){.fd = probes[i].fd, .events = POLLIN};
		is_any_open |= probes[i].fd >= 0;
	}
	if (!is_any_open) {
		return false;
	}
	if (poll(fds, count, wait_ms) > 0) {
		for (size_t i = 0; i < count; i++) {
			if (fds[i].revents != 0) {
				receive(arena, &probes[i]);
			}
		}
	}
	return true;
}

/* Until all have ended or the time has come. */
static void wait_until(struct arena *arena, struct dns_probe *probes, size_t count, int64_t end_ms)
{
	for (int64_t now = now_ms(); now < end_ms; now = now_ms()) {
		if (!turn(arena, probes, count, (int)(end_ms - now))) {
			return;
		}
	}
}

static void probe_some(struct arena *arena, struct dns_probe *probes, size_t count,
		       unsigned timeout_ms, uint64_t *random)
{
	int64_t start_ms = now_ms();
	for (size_t i = 0; i < count; i++) {
		start(&probes[i], random);
	}
	wait_until(arena, probes, count, start_ms + timeout_ms / 2);
	for (size_t i = 0; i < count; i++) {
		if (probes[i].fd >= 0) {
			send_question(&probes[i]);
		}
	}
	wait_until(arena, probes, count, start_ms + timeout_ms);
	for (size_t i = 0; i < count; i++) {
		if (probes[i].fd >= 0) {
			end(&probes[i], DNS_PROBE_SILENT);
		}
	}
}

void dns_probe_all(struct arena *arena, struct dns_probe *probes, size_t count, unsigned timeout_ms,
		   uint64_t *random)
{
	for (size_t at = 0; at < count; at += DNS_PROBE_MAX_SOCKETS) {
		size_t some =
			count - at < DNS_PROBE_MAX_SOCKETS ? count - at : DNS_PROBE_MAX_SOCKETS;
		probe_some(arena, probes + at, some, timeout_ms, random);
	}
}
