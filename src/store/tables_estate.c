/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The tables of an estate. Names are in the table domain, which reports use too.
 *
 * estate_job.due: when the job may be claimed; the end of the lease while a worker holds it; NULL
 * when it is closed. One partial index so serves new jobs and those whose worker died.
 * estate_set.members: ids of contents, eight octets each.
 */
#include "store/migrations.h"

static const char tables_sqlite[] =
	"CREATE TABLE estate_domain (domain INTEGER PRIMARY KEY, owner TEXT NOT NULL,"
	" grouping TEXT NOT NULL);"
	"CREATE TABLE estate_run (id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL,"
	" name TEXT NOT NULL, options TEXT NOT NULL, started_at INTEGER NOT NULL,"
	" finished_at INTEGER NOT NULL DEFAULT 0, sealed INTEGER NOT NULL DEFAULT 0);"
	"CREATE UNIQUE INDEX estate_run_open ON estate_run (kind, name) WHERE finished_at = 0;"
	"CREATE TABLE estate_job (run INTEGER NOT NULL, domain INTEGER NOT NULL, due INTEGER,"
	" epoch INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,"
	" results INTEGER NOT NULL DEFAULT 0, worker TEXT NOT NULL DEFAULT '',"
	" error TEXT NOT NULL DEFAULT '', PRIMARY KEY (run, domain)) WITHOUT ROWID;"
	"CREATE INDEX estate_job_due ON estate_job (run, due) WHERE due IS NOT NULL;"
	"CREATE TABLE estate_content (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,"
	" body TEXT NOT NULL);"
	"CREATE TABLE estate_set (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE,"
	" members BLOB NOT NULL);"
	"CREATE TABLE estate_result (domain INTEGER NOT NULL, checked_at INTEGER NOT NULL,"
	" run INTEGER NOT NULL, epoch INTEGER NOT NULL, facts INTEGER NOT NULL,"
	" verdict INTEGER NOT NULL, PRIMARY KEY (domain, checked_at, run)) WITHOUT ROWID;"
	"CREATE INDEX estate_result_run ON estate_result (run, domain, checked_at);";

static const char tables_postgresql[] =
	"CREATE TABLE estate_domain (domain INTEGER PRIMARY KEY, owner TEXT NOT NULL,"
	" grouping TEXT NOT NULL);"
	"CREATE TABLE estate_run (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
	" kind SMALLINT NOT NULL, name TEXT NOT NULL, options TEXT NOT NULL,"
	" started_at BIGINT NOT NULL, finished_at BIGINT NOT NULL DEFAULT 0,"
	" sealed SMALLINT NOT NULL DEFAULT 0);"
	"CREATE UNIQUE INDEX estate_run_open ON estate_run (kind, name) WHERE finished_at = 0;"
	"CREATE TABLE estate_job (run BIGINT NOT NULL, due BIGINT, epoch BIGINT NOT NULL DEFAULT 0,"
	" domain INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,"
	" results INTEGER NOT NULL DEFAULT 0, worker TEXT NOT NULL DEFAULT '',"
	" error TEXT NOT NULL DEFAULT '', PRIMARY KEY (run, domain)) WITH (fillfactor = 70);"
	"CREATE INDEX estate_job_due ON estate_job (run, due) WHERE due IS NOT NULL;"
	"CREATE TABLE estate_content (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
	" digest BYTEA NOT NULL UNIQUE, body TEXT NOT NULL);"
	"CREATE TABLE estate_set (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
	" digest BYTEA NOT NULL UNIQUE, members BYTEA NOT NULL);"
	"CREATE TABLE estate_result (checked_at BIGINT NOT NULL, run BIGINT NOT NULL,"
	" epoch BIGINT NOT NULL, facts BIGINT NOT NULL, verdict BIGINT NOT NULL,"
	" domain INTEGER NOT NULL, PRIMARY KEY (domain, checked_at, run));"
	"CREATE INDEX estate_result_run ON estate_result (run, domain, checked_at);";

/* notice.written is the database's clock, which no worker's clock can outrun. */
static const char notices_sqlite[] =
	"CREATE TABLE notice (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL,"
	" written INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)),"
	" domain INTEGER NOT NULL, topic TEXT NOT NULL, body TEXT NOT NULL);"
	"CREATE INDEX notice_topic ON notice (domain, topic, at);"
	"CREATE TABLE notice_channel (name TEXT PRIMARY KEY, told INTEGER NOT NULL,"
	" until INTEGER NOT NULL DEFAULT 0, number INTEGER NOT NULL DEFAULT 0,"
	" due INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL DEFAULT 0,"
	" attempts INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '');";

static const char notices_postgresql[] =
	"CREATE TABLE notice (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
	" at BIGINT NOT NULL, written BIGINT NOT NULL"
	" DEFAULT CAST(extract(epoch FROM clock_timestamp()) AS BIGINT),"
	" domain INTEGER NOT NULL, topic TEXT NOT NULL, body TEXT NOT NULL);"
	"CREATE INDEX notice_topic ON notice (domain, topic, at);"
	"CREATE TABLE notice_channel (name TEXT PRIMARY KEY, told BIGINT NOT NULL,"
	" until BIGINT NOT NULL DEFAULT 0, number BIGINT NOT NULL DEFAULT 0,"
	" due BIGINT NOT NULL DEFAULT 0, epoch BIGINT NOT NULL DEFAULT 0,"
	" attempts INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '');";

/* When each part of a domain's notices was told last. */
static const char parts_sqlite[] =
	"CREATE TABLE notice_part (domain INTEGER NOT NULL, topic TEXT NOT NULL,"
	" at INTEGER NOT NULL, PRIMARY KEY (domain, topic)) WITHOUT ROWID;";
static const char parts_postgresql[] =
	"CREATE TABLE notice_part (domain INTEGER NOT NULL, topic TEXT NOT NULL,"
	" at BIGINT NOT NULL, PRIMARY KEY (domain, topic));";

static const struct migration_step steps[] = {
	{.sql = {[DRIVER_SQLITE] = tables_sqlite, [DRIVER_POSTGRESQL] = tables_postgresql}},
	{.sql = {[DRIVER_SQLITE] = notices_sqlite, [DRIVER_POSTGRESQL] = notices_postgresql}},
	{.sql = {[DRIVER_SQLITE] = parts_sqlite, [DRIVER_POSTGRESQL] = parts_postgresql}},
};

const struct migration_list migrations_estate = {"estate", steps, sizeof(steps) / sizeof(steps[0])};
