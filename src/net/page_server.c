/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* A loop of poll() over the listener and a fixed number of clients. */
#include "net/page_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "net/page_answer.h"

#define WAIT_MS 200
#define BACKLOG 64
/* Taken in one turn, so that a flood of them does not starve those that are being served. */
#define ACCEPTS_A_TURN 16
/* After the answer: until the client has seen it, so that a reset does not destroy it. */
#define LINGER_MS 1000
#define HEAD_BYTES 1024

enum client_state {
	CLIENT_FREE,
	CLIENT_ASKING,
	CLIENT_ANSWERED, /* the answer is on its way */
	CLIENT_LINGERING,
};

struct client {
	enum client_state state;
	int fd;
	int64_t since_ms;
	int64_t ends_at_ms;
	char request[HTTP_REQUEST_MAX_BYTES];
	size_t request_len;
	struct buffer answer;
	size_t sent;
};

struct page_server {
	struct page_server_options options;
	int fd;
	struct page_answer_rules rules;
	uint16_t port;
	int64_t rests_until_ms; /* no clients are taken before, for the system had no room */
	pthread_mutex_t lock;	/* of the page */
	struct buffer page;
	struct client clients[PAGE_SERVER_CLIENTS];
};

static int64_t clock_ms(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the listener ---- */

static socklen_t address_len(const struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6)
					      : sizeof(struct sockaddr_in);
}

static bool is_loopback(const struct sockaddr_storage *address)
{
	struct in6_addr six;
	struct in_addr four;
	if (address->ss_family == AF_INET6) {
		six = ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
		return IN6_IS_ADDR_LOOPBACK(&six);
	}
	four = ((const struct sockaddr_in *)(const void *)address)->sin_addr;
	return ntohl(four.s_addr) >> 24 == 127;
}

static bool make_quiet(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static int open_listener(struct page_server *server, struct failure *reterr)
{
	const struct sockaddr_storage *wanted = &server->options.address;
	struct sockaddr_storage bound = {0};
	socklen_t len = sizeof(bound);
	int yes = 1;
	server->fd = socket(wanted->ss_family, SOCK_STREAM, 0);
	bool is_ok = server->fd >= 0 && make_quiet(server->fd) &&
		     setsockopt(server->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
		     bind(server->fd, (const struct sockaddr *)wanted, address_len(wanted)) == 0 &&
		     listen(server->fd, BACKLOG) == 0 &&
		     getsockname(server->fd, (struct sockaddr *)&bound, &len) == 0;
	if (!is_ok) {
		return failure_set(reterr, FAILURE_IO, "listen", "%s", strerror(errno));
	}
	/* The port is at the same place in both. */
	server->port = ntohs(((struct sockaddr_in *)(void *)&bound)->sin_port);
	return 0;
}

int page_server_new(const struct page_server_options *options, struct page_server **ret_server,
		    struct failure *reterr)
{
	struct page_server *server = calloc(1, sizeof(*server));
	if (server == NULL) {
		return failure_set_memory(reterr, "listen");
	}
	server->options = *options;
	server->rules = (struct page_answer_rules){
		.path = options->path,
		.type = options->type,
		.is_loopback = is_loopback(&options->address),
	};
	server->page = buffer_new(PAGE_SERVER_MAX_PAGE);
	pthread_mutex_init(&server->lock, /* attributes: */ NULL);
	int r = open_listener(server, reterr);
	if (r < 0) {
		page_server_free(server);
		return r;
	}
	*ret_server = server;
	return 0;
}

uint16_t page_server_port(const struct page_server *server)
{
	return server->port;
}

bool page_server_set(struct page_server *server, struct span page)
{
	struct buffer next = buffer_new(PAGE_SERVER_MAX_PAGE);
	buffer_append(&next, page);
	if (next.is_failed) {
		buffer_free(&next);
		return false;
	}
	pthread_mutex_lock(&server->lock);
	struct buffer last = server->page;
	server->page = next;
	pthread_mutex_unlock(&server->lock);
	buffer_free(&last);
	return true;
}

/* ---- a client ---- */

static void make_answer(struct page_server *server, struct client *client, int status)
{
	client->answer = buffer_new(PAGE_SERVER_MAX_PAGE + HEAD_BYTES);
	client->sent = 0;
	client->state = CLIENT_ANSWERED;
	pthread_mutex_lock(&server->lock);
	struct span page = buffer_span(&server->page);
	status = status == 200 && page.len == 0 ? 503 : status;
	page_answer_write(&server->rules, status, page, &client->answer);
	pthread_mutex_unlock(&server->lock);
}

static void drop(struct client *client)
{
	if (client->state != CLIENT_FREE) {
		close(client->fd);
		buffer_free(&client->answer);
		client->answer = (struct buffer){0};
		client->state = CLIENT_FREE;
	}
}

static bool is_to_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static void send_more(struct client *client, int64_t now_ms)
{
	struct span rest = span_from(buffer_span(&client->answer), client->sent);
	ssize_t len = send(client->fd, rest.ptr, rest.len, MSG_NOSIGNAL);
	if (len < 0 && is_to_wait()) {
		return;
	}
	if (len <= 0 || client->answer.is_failed) {
		drop(client);
		return;
	}
	client->sent += (size_t)len;
	if (client->sent == client->answer.len) {
		client->state = CLIENT_LINGERING;
		client->ends_at_ms = now_ms + LINGER_MS;
		shutdown(client->fd, SHUT_WR);
	}
}

static void read_request(struct page_server *server, struct client *client, int64_t now_ms)
{
	size_t room = sizeof(client->request) - client->request_len;
	ssize_t len = recv(client->fd, client->request + client->request_len, room, 0);
	if (len < 0 && is_to_wait()) {
		return;
	}
	if (len <= 0) {
		drop(client);
		return;
	}
	client->request_len += (size_t)len;
	int status =
		page_answer_status(&server->rules, span_of(client->request, client->request_len));
	if (status != HTTP_REQUEST_MORE) {
		make_answer(server, client, status);
		send_more(client, now_ms);
	}
}

/* What still comes is thrown away, up to a request's room each turn, until the client is done. */
static void linger(struct client *client)
{
	ssize_t len = recv(client->fd, client->request, sizeof(client->request), 0);
	if (len == 0 || (len < 0 && !is_to_wait())) {
		drop(client);
	}
}

static void serve(struct page_server *server, struct client *client, int64_t now_ms)
{
	switch (client->state) {
	case CLIENT_FREE:
		break;
	case CLIENT_ASKING:
		read_request(server, client, now_ms);
		break;
	case CLIENT_ANSWERED:
		send_more(client, now_ms);
		break;
	case CLIENT_LINGERING:
		linger(client);
		break;
	}
}

/* A free place, or that of the client who came first. */
static struct client *find_place(struct page_server *server)
{
	struct client *oldest = &server->clients[0];
	for (size_t i = 0; i < PAGE_SERVER_CLIENTS; i++) {
		struct client *client = &server->clients[i];
		if (client->state == CLIENT_FREE) {
			return client;
		}
		oldest = client->since_ms < oldest->since_ms ? client : oldest;
	}
	drop(oldest);
	return oldest;
}

static void accept_clients(struct page_server *server, int64_t now_ms)
{
	for (size_t i = 0; i < ACCEPTS_A_TURN; i++) {
		int fd = accept(server->fd, /* address: */ NULL, /* len: */ NULL);
		if (fd < 0) {
			bool is_none = is_to_wait() || errno == ECONNABORTED;
			server->rests_until_ms = is_none ? 0 : now_ms + WAIT_MS;
			return;
		}
		if (!make_quiet(fd)) {
			close(fd);
			continue;
		}
		struct client *client = find_place(server);
		client->state = CLIENT_ASKING;
		client->fd = fd;
		client->since_ms = now_ms;
		client->ends_at_ms = now_ms + PAGE_SERVER_CLIENT_MS;
		client->request_len = 0;
		/* An honest one has asked already. */
		read_request(server, client, now_ms);
	}
}

/* ---- the loop ---- */

static size_t fill_polls(const struct page_server *server, struct pollfd *polls,
			 size_t client_of[PAGE_SERVER_CLIENTS + 1])
{
	size_t count = 1;
	/* A negative descriptor is passed over. */
	polls[0] = (struct pollfd){.fd = clock_ms() < server->rests_until_ms ? -1 : server->fd,
				   .events = POLLIN};
	for (size_t i = 0; i < PAGE_SERVER_CLIENTS; i++) {
		const struct client *client = &server->clients[i];
		if (client->state != CLIENT_FREE) {
			client_of[count] = i;
			polls[count++] = (struct pollfd){
				.fd = client->fd,
				.events = client->state == CLIENT_ANSWERED ? POLLOUT : POLLIN};
		}
	}
	return count;
}

static void turn(struct page_server *server)
{
	struct pollfd polls[PAGE_SERVER_CLIENTS + 1];
	size_t client_of[PAGE_SERVER_CLIENTS + 1] = {0};
	size_t count = fill_polls(server, polls, client_of);
	int ready = poll(polls, count, WAIT_MS);
	int64_t now_ms = clock_ms();
	for (size_t i = 1; i < count; i++) {
		struct client *client = &server->clients[client_of[i]];
		if (ready > 0 && polls[i].revents != 0) {
			serve(server, client, now_ms);
		}
		if (client->state != CLIENT_FREE && now_ms >= client->ends_at_ms) {
			drop(client);
		}
	}
	if (ready > 0 && polls[0].revents != 0) {
		accept_clients(server, now_ms);
	}
}

void page_server_run(struct page_server *server, bool (*is_stopped)(void *context), void *context)
{
	while (!is_stopped(context)) {
		turn(server);
	}
}

void page_server_free(struct page_server *server)
{
	if (server == NULL) {
		return;
	}
	for (size_t i = 0; i < PAGE_SERVER_CLIENTS; i++) {
		drop(&server->clients[i]);
	}
	if (server->fd >= 0) {
		close(server->fd);
	}
	buffer_free(&server->page);
	pthread_mutex_destroy(&server->lock);
	free(server);
}
