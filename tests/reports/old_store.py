# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The mailseal authors
"""A SQLite database as the first builds of mailseal made it, from one of today: what is brought forward when it is opened.

    old_store.py DATABASE
"""
import sqlite3
import sys

STEPS_BACK = """
CREATE TABLE old_fact (day INTEGER NOT NULL, domain INTEGER NOT NULL, report INTEGER NOT NULL, seq INTEGER NOT NULL,
 source BLOB NOT NULL, messages INTEGER NOT NULL, flags INTEGER NOT NULL, header_from INTEGER NOT NULL,
 envelope_from INTEGER NOT NULL, envelope_to INTEGER NOT NULL, evidence INTEGER NOT NULL, reasons INTEGER NOT NULL,
 PRIMARY KEY (day, domain, report, seq)) WITHOUT ROWID;
INSERT INTO old_fact SELECT f.day, f.domain, f.report, f.seq, f.source, f.messages, p.flags, p.header_from, p.envelope_from,
 p.envelope_to, p.evidence, p.reasons FROM fact f JOIN pattern p ON p.id = f.pattern ORDER BY 1, 2, 3, 4;
DROP INDEX report_left_out;
ALTER TABLE report DROP COLUMN authenticity;
ALTER TABLE report DROP COLUMN mail_from;
DROP TABLE fact;
ALTER TABLE old_fact RENAME TO fact;
DROP TABLE stream_part;
DROP TABLE pattern;
DROP INDEX report_by_day;
DROP INDEX domain_by_place;
ALTER TABLE domain DROP COLUMN place;
DELETE FROM store_step WHERE module = 'reports' AND number > 1;
"""


def make_old(path):
    database = sqlite3.connect(path)
    database.executescript(STEPS_BACK)
    database.execute("VACUUM")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def steps_taken(path):
    database = sqlite3.connect(path)
    found = database.execute("SELECT max(number) FROM store_step WHERE module = 'reports'").fetchone()[0]
    database.close()
    return found


if __name__ == "__main__":
    make_old(sys.argv[1])
