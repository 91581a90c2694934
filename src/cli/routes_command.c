/* latchkey routes: every URL of the service. */
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "routes.h"
#include "web/request.h"

static const enum method methods[] = {
    METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE};

static void
route_methods(struct text *text, const struct route *route)
{
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (route->methods & methods[i])
			text_addf(
			    text, "%s%s", text->length == 0 ? "" : " ", method_name(methods[i]));
}

static const char *
route_listener(const struct route *route)
{
	return (route->extras & ROUTE_OPERATIONS ? "operations"
		: route->extras & ROUTE_DEV	 ? "dev"
						 : "public");
}

static int
routes_run(const struct cli_arguments *arguments)
{
	struct arena *arena = arena_create(1 << 20);
	struct json_writer writer;
	struct text json, words;
	size_t i;

	text_init(&json, arena, 1 << 18);
	writer_init(&writer, &json);
	writer_array_begin(&writer, NULL);
	for (i = 0; i < routes_count; i++) {
		text_init(&words, arena, 64);
		route_methods(&words, &routes[i]);
		writer_object_begin(&writer, NULL);
		writer_list(&writer, "methods", words.data);
		writer_text(&writer, "path", routes[i].path);
		writer_text(&writer, "listener", route_listener(&routes[i]));
		writer_object_end(&writer);
		if (!arguments->json)
			printf("%-10s %-44s %s\n", words.data, routes[i].path,
			    route_listener(&routes[i]));
	}
	writer_array_end(&writer);
	if (arguments->json)
		puts(json.data);
	arena_destroy(arena);
	return (CLI_OK);
}

const struct command command_routes = {
    .words = "routes",
    .arguments = "",
    .help = "Print every URL of the service",
    .run = routes_run,
};
