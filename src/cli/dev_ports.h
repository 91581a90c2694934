/* The ports of `latchkey dev`. */
#ifndef CLI_DEV_PORTS_H
#define CLI_DEV_PORTS_H

#include <stdbool.h>

/* Can both listeners be opened? False after a complaint that says which port is taken. */
bool dev_ports_are_free(void);
/* One HTTP request to the operations listener: is the service ready? */
bool dev_ports_ready(void);

#endif
