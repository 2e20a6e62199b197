/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The fastest that SQLite alone can be filled with what a store holds:
 *
 *   bench_load FULL EMPTY     copies all rows of FULL into EMPTY, which has the same tables
 *
 * The rows are in memory before the clock starts, in the order of their keys; then one transaction
 * of prepared inserts, with the store's own settings. Prints CPU seconds.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define COLUMNS_MAX 20

struct table {
	const char *name;
	int columns;
	size_t rows;
	sqlite3_value **values;
};

static void must(int is_ok, sqlite3 *database)
{
	if (!is_ok) {
		fprintf(stderr, "bench_load: %s\n", sqlite3_errmsg(database));
		exit(1);
	}
}

static sqlite3 *open_database(const char *path)
{
	sqlite3 *database;
	must(sqlite3_open(path, &database) == SQLITE_OK, database);
	must(sqlite3_exec(database,
			  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
			  "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000",
			  NULL, NULL, NULL) == SQLITE_OK,
	     database);
	return database;
}

static void read_table(sqlite3 *database, struct table *table)
{
	char sql[100];
	sqlite3_stmt *select;
	size_t room = 0;
	snprintf(sql, sizeof(sql), "SELECT * FROM %s", table->name);
	must(sqlite3_prepare_v2(database, sql, -1, &select, NULL) == SQLITE_OK, database);
	table->columns = sqlite3_column_count(select);
	while (sqlite3_step(select) == SQLITE_ROW) {
		if (table->rows == room) {
			room = room == 0 ? 1024 : room * 2;
			table->values = realloc(table->values, room * (size_t)table->columns *
								       sizeof(sqlite3_value *));
			must(table->values != NULL, database);
		}
		for (int i = 0; i < table->columns; i++) {
			table->values[table->rows * (size_t)table->columns + (size_t)i] =
				sqlite3_value_dup(sqlite3_column_value(select, i));
		}
		table->rows++;
	}
	sqlite3_finalize(select);
}

static void write_table(sqlite3 *database, const struct table *table)
{
	char sql[200];
	sqlite3_stmt *insert;
	int len = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", table->name);
	for (int i = 1; i < table->columns && i < COLUMNS_MAX; i++) {
		len += snprintf(sql + len, sizeof(sql) - (size_t)len, ", ?");
	}
	snprintf(sql + len, sizeof(sql) - (size_t)len, ")");
	must(sqlite3_prepare_v2(database, sql, -1, &insert, NULL) == SQLITE_OK, database);
	for (size_t row = 0; row < table->rows; row++) {
		for (int i = 0; i < table->columns; i++) {
			sqlite3_bind_value(insert, i + 1,
					   table->values[row * (size_t)table->columns + (size_t)i]);
		}
		must(sqlite3_step(insert) == SQLITE_DONE, database);
		sqlite3_reset(insert);
	}
	sqlite3_finalize(insert);
}

int main(int argc, char **argv)
{
	struct table tables[] = {{.name = "word"},	{.name = "domain"}, {.name = "pattern"},
				 {.name = "report"},	{.name = "fact"},   {.name = "stream_part"},
				 {.name = "day_total"}, {.name = "detail"}};
	const size_t count = sizeof(tables) / sizeof(tables[0]);
	if (argc != 3) {
		fputs("usage: bench_load FULL EMPTY\n", stderr);
		return 2;
	}
	sqlite3 *full = open_database(argv[1]);
	for (size_t i = 0; i < count; i++) {
		read_table(full, &tables[i]);
	}
	sqlite3_close(full);
	sqlite3 *empty = open_database(argv[2]);
	clock_t start = clock();
	must(sqlite3_exec(empty, "BEGIN", NULL, NULL, NULL) == SQLITE_OK, empty);
	for (size_t i = 0; i < count; i++) {
		write_table(empty, &tables[i]);
	}
	must(sqlite3_exec(empty, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, empty);
	sqlite3_close(empty);
	printf("%.3f\n", (double)(clock() - start) / CLOCKS_PER_SEC);
	return 0;
}
