/* Time: monotonic for deadlines, wall time for what is printed and signed. */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"

static int64_t shift_us;

static uint64_t
read_us(clockid_t id)
{
	struct timespec now;

	(void)clock_gettime(id, &now);
	return ((uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
}

uint64_t
clock_monotonic_us(void)
{
	return (read_us(CLOCK_MONOTONIC));
}

uint64_t
clock_monotonic_ms(void)
{
	return (clock_monotonic_us() / 1000);
}

int64_t
clock_now_us(void)
{
	return ((int64_t)read_us(CLOCK_REALTIME) + shift_us);
}

int64_t
clock_now(void)
{
	return (clock_now_us() / 1000000);
}

void
clock_shift(int64_t seconds)
{
	shift_us = seconds * 1000000;
}

struct civil {
	int64_t year;
	unsigned month, day;			/* from 1 */
	unsigned hour, minute, second, weekday; /* weekday: 0 is Sunday */
};

/* Days to a date of the proleptic Gregorian calendar, by eras of 400 years that begin in March.
 * gmtime_r() may read files for the time zone, which a sandboxed worker must not. */
static struct civil
civil_from(int64_t seconds)
{
	int64_t days = seconds / 86400, era, of_day = seconds % 86400;
	unsigned day_of_era, year_of_era, day_of_year, month;
	struct civil civil;

	if (of_day < 0) {
		of_day += 86400;
		days--;
	}
	civil.weekday = (unsigned)(((days % 7) + 7 + 4) % 7);
	civil.hour = (unsigned)(of_day / 3600);
	civil.minute = (unsigned)(of_day / 60 % 60);
	civil.second = (unsigned)(of_day % 60);
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = (unsigned)(days - era * 146097);
	year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	civil.day = day_of_year - (153 * month + 2) / 5 + 1;
	civil.month = month < 10 ? month + 3 : month - 9;
	civil.year = (int64_t)year_of_era + era * 400 + (civil.month <= 2 ? 1 : 0);
	return (civil);
}

static char *
put_number(char *at, unsigned number, int digits)
{
	int i;

	for (i = digits - 1; i >= 0; i--, number /= 10)
		at[i] = (char)('0' + number % 10);
	return (at + digits);
}

/* In every line of the log, so without snprintf. Years of four digits. */
void
clock_rfc3339(int64_t us, char *out)
{
	int64_t seconds = us / 1000000, rest = us % 1000000;
	struct civil civil;

	if (rest < 0) {
		rest += 1000000;
		seconds--;
	}
	civil = civil_from(seconds);
	out = put_number(out, (unsigned)civil.year, 4);
	*out++ = '-';
	out = put_number(out, civil.month, 2);
	*out++ = '-';
	out = put_number(out, civil.day, 2);
	*out++ = 'T';
	out = put_number(out, civil.hour, 2);
	*out++ = ':';
	out = put_number(out, civil.minute, 2);
	*out++ = ':';
	out = put_number(out, civil.second, 2);
	*out++ = '.';
	out = put_number(out, (unsigned)rest, 6);
	*out++ = 'Z';
	*out = '\0';
}

void
clock_http_date(int64_t seconds, char *out)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct civil civil = civil_from(seconds);

	(void)snprintf(out, CLOCK_TEXT_MAX, "%s, %02u %s %04lld %02u:%02u:%02u GMT",
	    days[civil.weekday], civil.day, months[civil.month - 1], (long long)civil.year,
	    civil.hour, civil.minute, civil.second);
}
