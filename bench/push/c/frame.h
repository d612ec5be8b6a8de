/* WebSocket frames as servers send them (RFC 6455 §5.2). */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { TEXT = 0x1, CLOSE = 0x8, PING = 0x9, PONG = 0xA };
enum { SHORT_FRAME = 125 };

struct frame {
    unsigned opcode;
    const unsigned char *data;
    size_t bytes;
};

/* Read the frame at the beginning of *data*.
 *
 * Return the bytes that it takes, 0 if it is not all there, or -1 if it is none that a server sends: with a mask, with
 * an extension, a part of a message, or too large.
 */
ssize_t read_frame(const unsigned char *data, size_t bytes, size_t largest, struct frame *frame);

/* Write the head of a frame of so many bytes of text, and return how long it is: at most 10 bytes. */
size_t write_head(unsigned char *head, size_t bytes);
