/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What measuring programs share: to stop at a failure, processor time, whole files. */
#ifndef MAILSEAL_BENCH_MEASURE_H
#define MAILSEAL_BENCH_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

/* Ends the program with a line on standard error unless the condition holds. */
void check(bool condition, const char *what);
/* Of this process, since it began. */
double cpu_seconds(void);
/* The file's octets, at most max of them, with a NUL behind; free() them. Ends the program when it
 * cannot be read or is longer. */
char *read_file(const char *path, size_t max, size_t *ret_len);
/* The same of FOLDER/NAME. */
char *read_file_in(const char *folder, const char *name, size_t max, size_t *ret_len);

#endif
