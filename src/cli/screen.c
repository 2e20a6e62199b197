/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Looks at the terminal and the environment. */
#include "cli/screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NARROWEST 60
#define WIDEST 100
#define USUAL 80

static bool wants_color(const char *when)
{
	if (when != NULL && strcmp(when, "always") == 0) {
		return true;
	}
	if (when != NULL && strcmp(when, "never") == 0) {
		return false;
	}
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");
	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0') && term != NULL &&
	       strcmp(term, "dumb") != 0;
}

static unsigned width(void)
{
	struct winsize size;
	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0) {
		return USUAL;
	}
	unsigned columns = size.ws_col;
	return columns < NARROWEST ? NARROWEST : columns > WIDEST ? WIDEST : columns;
}

struct terminal_style screen_style(const struct output_options *output)
{
	return (struct terminal_style){
		.has_color = wants_color(output->color),
		.width = width(),
		.is_quiet = output->is_quiet,
		.is_verbose = output->is_verbose,
	};
}
