/* Runs the kinds of jobs by the clock, in one worker of a node. */
#ifndef JOBS_RUN_H
#define JOBS_RUN_H

/* Arms a timer for every kind. Once, in one worker; loop, database and keys are started. */
void jobs_start(void);
/* No job begins any more; what runs goes on to its end. Safe when not started. */
void jobs_stop(void);

#endif
