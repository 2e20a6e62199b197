/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Notices to a command: JSON on its standard input, the message's id in MAILSEAL_NOTICE_ID. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "notify/channel.h"

#define LOOK_EVERY_MS 50

static int64_t now_ms(void)
{
	struct timespec now;
	return clock_gettime(CLOCK_MONOTONIC, &now) == 0
		       ? (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000
		       : 0;
}

/* In the child, between fork and exec: only what is safe there. */
static void become_command(const char *command, int input, char *const *environment)
{
	char shell[] = "/bin/sh";
	char dash_c[] = "-c";
	char *const arguments[] = {shell, dash_c, (char *)(uintptr_t)command, NULL};
	setpgid(0, 0);
	dup2(input, STDIN_FILENO);
	signal(SIGPIPE, SIG_DFL);
	execve(shell, arguments, environment);
	_exit(127);
}

/* Writes what the pipe takes without waiting; false when the command has closed it. */
static bool feed(int pipe, struct span *rest)
{
	struct pollfd ready = {.fd = pipe, .events = POLLOUT};
	if (rest->len == 0 || poll(&ready, 1, LOOK_EVERY_MS) <= 0) {
		return true;
	}
	/* PIPE_BUF octets are taken whole once the pipe is ready. */
	struct span part = span_slice(*rest, 0, 512);
	ssize_t written = write(pipe, part.ptr, part.len);
	if (written > 0) {
		*rest = span_from(*rest, (size_t)written);
	}
	return written > 0 || errno == EINTR;
}

/* Feeds it and waits for its end; kills it, and what it started, when the time is over. */
static int attend(pid_t child, int input, struct span json, int64_t timeout_s, int *ret_status)
{
	int64_t end = now_ms() + timeout_s * 1000;
	bool is_open = true;
	pid_t ended = 0;
	while (ended == 0 && now_ms() < end) {
		if (is_open && (json.len == 0 || !feed(input, &json))) {
			close(input);
			is_open = false;
		}
		ended = waitpid(child, ret_status, WNOHANG);
		if (ended == 0 && !is_open) {
			poll(NULL, 0, LOOK_EVERY_MS);
		}
	}
	if (is_open) {
		close(input);
	}
	if (ended == 0) {
		kill(-child, SIGKILL);
		waitpid(child, ret_status, 0);
		return -1;
	}
	return 0;
}

/* The environment with the message's id in it. */
static char **make_environment(char *variable)
{
	extern char **environ;
	size_t count = 0;
	while (environ[count] != NULL) {
		count++;
	}
	char **copy = calloc(count + 2, sizeof(*copy));
	if (copy != NULL) {
		memcpy(copy, environ, count * sizeof(*copy));
		copy[count] = variable;
	}
	return copy;
}

static int judge(const char *command, int status, struct failure *reterr)
{
	if (WIFSIGNALED(status)) {
		return failure_set(reterr, FAILURE_IO, command, "ended by signal %d",
				   WTERMSIG(status));
	}
	return WEXITSTATUS(status) == 0 ? 0
					: failure_set(reterr, FAILURE_IO, command, "ended with %d",
						      WEXITSTATUS(status));
}

int command_send(const struct channel *channel, const struct channel_settings *settings,
		 const struct channel_message *message, struct failure *reterr)
{
	int ends[2];
	char variable[256];
	snprintf(variable, sizeof(variable), "MAILSEAL_NOTICE_ID=%.*s", SPAN_ARG(message->id));
	char **environment = make_environment(variable);
	if (environment == NULL || pipe(ends) < 0) {
		free(environment);
		return failure_set_memory(reterr, channel->target);
	}
	pid_t child = fork();
	if (child == 0) {
		close(ends[1]);
		become_command(channel->target, ends[0], environment);
	}
	close(ends[0]);
	free(environment);
	if (child < 0) {
		close(ends[1]);
		return failure_set(reterr, FAILURE_IO, channel->target, "cannot be started");
	}
	setpgid(child, child);
	int status = 0;
	int64_t timeout_s = settings->timeout_s > 0 ? settings->timeout_s : CHANNEL_TIMEOUT_S;
	if (attend(child, ends[1], message->json, timeout_s, &status) < 0) {
		return failure_set(reterr, FAILURE_IO, channel->target,
				   "took longer than %lld seconds", (long long)timeout_s);
	}
	return judge(channel->target, status, reterr);
}
