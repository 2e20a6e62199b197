/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Proleptic Gregorian calendar arithmetic without the C library's time zones. */
#include "base/time.h"

#include <stdio.h>

#include "base/number.h"

#define DAY_SECONDS 86400

/* Days from 1970-01-01; counts in 400-year eras that start on 1 March, so leap days come last. */
static int64_t days_from_date(struct time_date date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t month_from_march = (date.month + 9) % 12;
	int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

struct time_date time_to_date(int64_t seconds)
{
	int64_t days = seconds / DAY_SECONDS - (seconds % DAY_SECONDS < 0) + 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_from_march = (5 * day_of_year + 2) / 153;
	unsigned month =
		(unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
	return (struct time_date){
		.year = year_of_era + era * 400 + (month <= 2),
		.month = month,
		.day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
	};
}

int64_t time_from_date(struct time_date date)
{
	return days_from_date(date) * DAY_SECONDS;
}

bool time_date_is_valid(struct time_date date)
{
	if (date.year < 0 || date.year > 9999 || date.month < 1 || date.month > 12 ||
	    date.day < 1 || date.day > 31) {
		return false;
	}
	struct time_date back = time_to_date(time_from_date(date));
	return back.month == date.month && back.day == date.day;
}

struct time_text time_format(int64_t seconds)
{
	const int64_t first = -INT64_C(62167219200); /* 0000-01-01T00:00:00Z */
	const int64_t last = INT64_C(253402300799);  /* 9999-12-31T23:59:59Z */
	seconds = seconds < first ? first : seconds > last ? last : seconds;
	struct time_date date = time_to_date(seconds);
	unsigned in_day = (unsigned)(seconds - time_from_date(date));
	struct time_text result;
	snprintf(result.text, sizeof(result.text), "%04u-%02u-%02uT%02u:%02u:%02uZ",
		 (unsigned)date.year % 10000, date.month % 100, date.day % 100, in_day / 3600 % 100,
		 in_day / 60 % 60, in_day % 60);
	return result;
}

/* Exactly two (or four) digits at an offset, up to max. */
static bool parse_field(struct span s, size_t offset, size_t len, uint64_t max, int64_t *ret)
{
	uint64_t number;
	if (offset + len > s.len ||
	    !number_parse_decimal(span_slice(s, offset, len), max, &number)) {
		return false;
	}
	*ret = (int64_t)number;
	return true;
}

/* "Z" or "+hh:mm" or "-hh:mm": seconds to take away. */
static bool parse_zone(struct span s, int64_t *ret_offset_seconds)
{
	if (s.len == 1 && (s.ptr[0] == 'Z' || s.ptr[0] == 'z')) {
		*ret_offset_seconds = 0;
		return true;
	}
	int64_t hours;
	int64_t minutes;
	if (s.len != 6 || (s.ptr[0] != '+' && s.ptr[0] != '-') || s.ptr[3] != ':' ||
	    !parse_field(s, 1, 2, 23, &hours) || !parse_field(s, 4, 2, 59, &minutes)) {
		return false;
	}
	int64_t offset_seconds = hours * 3600 + minutes * 60;
	*ret_offset_seconds = s.ptr[0] == '-' ? -offset_seconds : offset_seconds;
	return true;
}

static bool parse_clock(struct span s, int64_t *ret_seconds)
{
	int64_t hours;
	int64_t minutes;
	int64_t seconds;
	int64_t offset_seconds;
	if (s.len < 10 || (s.ptr[0] != 'T' && s.ptr[0] != 't' && s.ptr[0] != ' ') ||
	    s.ptr[3] != ':' || s.ptr[6] != ':' || !parse_field(s, 1, 2, 23, &hours) ||
	    !parse_field(s, 4, 2, 59, &minutes) || !parse_field(s, 7, 2, 60, &seconds) ||
	    !parse_zone(span_from(s, 9), &offset_seconds)) {
		return false;
	}
	*ret_seconds = hours * 3600 + minutes * 60 + seconds - offset_seconds;
	return true;
}

bool time_parse(struct span s, int64_t *ret_seconds)
{
	int64_t year;
	int64_t month;
	int64_t day;
	if (s.len < 10 || s.ptr[4] != '-' || s.ptr[7] != '-' ||
	    !parse_field(s, 0, 4, 9999, &year) || !parse_field(s, 5, 2, 12, &month) ||
	    !parse_field(s, 8, 2, 31, &day)) {
		return false;
	}
	struct time_date date = {year, (unsigned)month, (unsigned)day};
	int64_t in_day = 0;
	if (!time_date_is_valid(date) || (s.len > 10 && !parse_clock(span_from(s, 10), &in_day))) {
		return false;
	}
	*ret_seconds = time_from_date(date) + in_day;
	return true;
}
