/* Counters in shared memory, a column for each worker. */
#include <string.h>
#include <sys/mman.h>

#include "base/fatal.h"
#include "web/counters.h"

const int counters_statuses[COUNTERS_STATUSES] = {0, 200, 201, 202, 204, 302, 303, 304, 400, 401,
    403, 404, 405, 409, 410, 411, 412, 413, 414, 415, 417, 421, 429, 431, 499, 500, 501, 502, 503};
const uint64_t counters_buckets_us[COUNTERS_BUCKETS] = {
    250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 2500000, UINT64_MAX};

struct route_numbers {
	uint64_t requests[COUNTERS_STATUSES];
	uint64_t durations[COUNTERS_BUCKETS];
	uint64_t duration_us;
};

struct column {
	uint64_t values[COUNTER_COUNT];
	uint64_t refusals[STRICT_VERDICTS];
	struct route_numbers routes[];
} __attribute__((aligned(64)));

static char *memory;
static unsigned columns;
static size_t column_size, routes_rows;
static struct column *own;
static uint64_t before[COUNTER_COUNT]; /* what earlier workers of this column had counted */

static struct column *
column_at(unsigned index)
{
	return ((struct column *)(void *)(memory + index * column_size));
}

void
counters_prepare(unsigned workers, size_t routes)
{
	columns = workers;
	routes_rows = routes + 1;
	column_size = sizeof(struct column) + routes_rows * sizeof(struct route_numbers);
	column_size = (column_size + 63) / 64 * 64;
	memory = mmap(
	    NULL, columns * column_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		fatal("no memory for counters");
	own = column_at(0);
}

void
counters_attach(unsigned column)
{
	if (column >= columns)
		fatal("counters: column %u of %u", column, columns);
	own = column_at(column);
	memset(own->values, 0, COUNTER_GAUGES * sizeof(own->values[0]));
	memcpy(before, own->values, sizeof(before));
}

/* Only the worker itself writes to its column; others may read meanwhile. */
static void
cell_set(uint64_t *cell, uint64_t value)
{
	__atomic_store_n(cell, value, __ATOMIC_RELAXED);
}

static uint64_t
cell_get(const uint64_t *cell)
{
	return (__atomic_load_n(cell, __ATOMIC_RELAXED));
}

void
counters_add(enum counter counter, uint64_t value)
{
	cell_set(&own->values[counter], own->values[counter] + value);
}

void
counters_subtract(enum counter counter, uint64_t value)
{
	cell_set(&own->values[counter], own->values[counter] - value);
}

void
counters_set(enum counter counter, uint64_t value)
{
	cell_set(&own->values[counter], value);
}

void
counters_follow(enum counter counter, uint64_t since_start)
{
	cell_set(&own->values[counter], before[counter] + since_start);
}

void
counters_refusal(enum strict_verdict verdict)
{
	cell_set(&own->refusals[verdict], own->refusals[verdict] + 1);
}

static size_t
status_index(int status)
{
	size_t i;

	for (i = 1; i < COUNTERS_STATUSES; i++)
		if (counters_statuses[i] == status)
			return (i);
	return (0);
}

void
counters_request(size_t route, int status, uint64_t duration_us)
{
	struct route_numbers *numbers = &own->routes[route < routes_rows ? route : routes_rows - 1];
	size_t index = status_index(status), bucket = 0;

	while (duration_us > counters_buckets_us[bucket])
		bucket++;
	cell_set(&numbers->requests[index], numbers->requests[index] + 1);
	cell_set(&numbers->durations[bucket], numbers->durations[bucket] + 1);
	cell_set(&numbers->duration_us, numbers->duration_us + duration_us);
}

uint64_t
counters_sum(enum counter counter)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < columns; i++)
		sum += cell_get(&column_at(i)->values[counter]);
	return (sum);
}

uint64_t
counters_max(enum counter counter)
{
	uint64_t most = 0, value;
	unsigned i;

	for (i = 0; i < columns; i++)
		if ((value = cell_get(&column_at(i)->values[counter])) > most)
			most = value;
	return (most);
}

uint64_t
counters_refusals(enum strict_verdict verdict)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < columns; i++)
		sum += cell_get(&column_at(i)->refusals[verdict]);
	return (sum);
}

uint64_t
counters_requests(size_t route, size_t index)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < columns; i++)
		sum += cell_get(&column_at(i)->routes[route].requests[index]);
	return (sum);
}

uint64_t
counters_durations(size_t route, size_t bucket)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < columns; i++)
		sum += cell_get(&column_at(i)->routes[route].durations[bucket]);
	return (sum);
}

uint64_t
counters_duration_us(size_t route)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < columns; i++)
		sum += cell_get(&column_at(i)->routes[route].duration_us);
	return (sum);
}
