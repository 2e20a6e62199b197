/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Where a contract is run: the database named on the command line, or a SQLite file of its own. */
#ifndef MAILSEAL_TESTS_STORE_PLACE_H
#define MAILSEAL_TESTS_STORE_PLACE_H

/* Returns what run returns. The file is removed afterwards. */
int run_in_place(int argc, char **argv, int (*run)(const char *location));

#endif
