/* One Socket.IO client (protocol 5, Engine.IO 4) on a WebSocket; it listens, and answers what keeps it connected. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum stage { CONNECTING, UPGRADING, JOINING, LISTENING, CLOSED };

struct client {
    int socket;
    enum stage stage;
    bool stalled;        /* It does not read, and nothing is expected of it any more. */
    unsigned char *rest; /* The beginning of a frame whose end has not come. */
    size_t rest_bytes;
};

/* Is told of the text of every event. */
typedef void on_event(struct client *client, const char *text, size_t bytes);

/* Begin to connect to a port of this machine. */
bool client_connect(struct client *client, int port);

/* Ask for the upgrade, now that the connection is there. */
void client_upgrade(struct client *client);

/* Read what has come, at most so many bytes. */
void client_read(struct client *client, size_t most_bytes, on_event *tell);

/* Say goodbye, if there is still somebody to hear it. */
void client_leave(struct client *client);
