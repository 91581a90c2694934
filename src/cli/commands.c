/* THE TABLE of commands: one file each. */
#include "cli/commands.h"

extern const struct command command_serve, command_dev, command_migrate, command_config,
    command_routes, command_version;
extern const struct command command_user_create, command_user_password, command_user_disable,
    command_user_set, command_user_show;
extern const struct command command_client_create, command_client_show, command_client_secret,
    command_client_disable, command_client_enable;
extern const struct command command_consent_withdraw;
extern const struct command command_realm_create, command_realm_set, command_realm_show;
extern const struct command command_key_list, command_key_rotate, command_key_revoke;
extern const struct command command_jose_verify, command_jose_sign, command_jose_thumbprint;

const struct command *const commands[] = {
    &command_serve,
    &command_dev,
    &command_migrate,
    &command_config,
    &command_routes,
    &command_user_create,
    &command_user_password,
    &command_user_disable,
    &command_user_set,
    &command_user_show,
    &command_client_create,
    &command_client_show,
    &command_client_secret,
    &command_client_disable,
    &command_client_enable,
    &command_consent_withdraw,
    &command_realm_create,
    &command_realm_set,
    &command_realm_show,
    &command_key_list,
    &command_key_rotate,
    &command_key_revoke,
    &command_jose_verify,
    &command_jose_sign,
    &command_jose_thumbprint,
    &command_version,
};
const size_t commands_count = sizeof(commands) / sizeof(commands[0]);
