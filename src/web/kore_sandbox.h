/* What a worker may ask of the system. */
#ifndef WEB_KORE_SANDBOX_H
#define WEB_KORE_SANDBOX_H

#include <sys/types.h>

/*
 * In kore_seccomp_hook, before Kore loads the filter: hands it our list of system calls, ties the
 * worker's life to the parent's, forbids core files and debuggers. What is not on the list kills
 * the process. Sanitizer builds load no list.
 */
void sandbox_enter(pid_t parent, unsigned worker_id);

#endif
