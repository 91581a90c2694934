/*
 * The limit of a sign-in: how many hashes a second THREADS threads make with nothing else to do, at
 * the priority of the service's own threads. bench_argon2 THREADS SECONDS KIB PASSES
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "people/argon2id.h"
#include "people/phc.h"

enum { THREAD_NICE = 5 }; /* as in src/async/threads.c */

static atomic_long done;
static atomic_int stopped;
static unsigned kib, passes;

static void *
hash_on(void *argument)
{
	struct phc phc = {.cost = {kib, passes, 1}, .salt_length = PHC_SALT, .tag_length = PHC_TAG};

	(void)argument;
	(void)setpriority(PRIO_PROCESS, 0, THREAD_NICE);
	while (!stopped && phc_compute(&phc, "correct horse battery staple", 28))
		done++;
	return (NULL);
}

int
main(int argc, char **argv)
{
	pthread_t threads[64];
	long count, seconds, i;

	if (argc != 5)
		return (64);
	count = strtol(argv[1], NULL, 10);
	seconds = strtol(argv[2], NULL, 10);
	kib = (unsigned)strtoul(argv[3], NULL, 10);
	passes = (unsigned)strtoul(argv[4], NULL, 10);
	argon2id_start();
	for (i = 0; i < count && i < 64; i++)
		pthread_create(&threads[i], NULL, hash_on, NULL);
	nanosleep(&(struct timespec){seconds, 0}, NULL);
	stopped = 1;
	for (i = 0; i < count && i < 64; i++)
		pthread_join(threads[i], NULL);
	printf("%.2f\n", (double)done / (double)seconds);
	return (0);
}
