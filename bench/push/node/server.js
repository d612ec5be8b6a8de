// Node's socket.io as it comes: `node server.js PORT FILE`, where FILE has the text of an event with a stamp in it.
// `GET /emit?first=0&count=100&gap_us=0&turns=1` makes it tell all clients of so many messages. With `turns` the loop
// turns between two of them, as it does when each comes from somewhere else. With AMQP_URL it also tells them of what
// comes through that broker, as push does.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "amqplib";
import { Server } from "socket.io";

const BACKLOG = 4096; // Node's own is 511: more clients than that at once would wait for their second try
const [port, file] = process.argv.slice(2);
const [, { model: template }] = JSON.parse(readFileSync(file, "utf8").slice(2));
const text = template.source.slice("stamp=00000000,00000000000000000000".length);

// When it was published, or should have been: whoever is late does not gain by it.
const stamp = (number, at) => `stamp=${String(number).padStart(8, "0")},${String(at).padStart(20, "0")}`;

function tell(number, at) {
  const id = template.id + number;
  const _links = { ...template._links, self: `/api/v1/messages/${id}` };
  io.emit("updated_model", { class: "Message", model: { ...template, id, source: stamp(number, at) + text, _links } });
}

async function emit({ first, count, gap_us, turns }) {
  const began = process.hrtime.bigint();
  for (let i = 0; i < count; i++) {
    const due = began + BigInt(i * gap_us * 1000);
    const wait = Number(due - process.hrtime.bigint()) / 1e6;
    if (turns && wait > 1) await new Promise((resolve) => setTimeout(resolve, wait - 1));
    // A timer is up to a millisecond early.
    if (turns) do await new Promise(setImmediate); while (process.hrtime.bigint() < due);
    tell(first + i, due);
  }
}

// Without acknowledgements, which only a queue that outlives its reader needs.
async function follow(url) {
  const channel = await (await connect(url)).createChannel();
  const options = { exclusive: true, autoDelete: true, durable: false };
  const { queue } = await channel.assertQueue(`push.node.${process.pid}`, options);
  await channel.bindQueue(queue, "chat.events", "message.updated.v1");
  const hear = ({ content }) => io.emit("updated_model", { class: "Message", model: JSON.parse(content).model });
  await channel.consume(queue, hear, { noAck: true });
}

const server = createServer((request, response) => {
  const asked = new URL(request.url, "http://127.0.0.1").searchParams;
  response.writeHead(asked.has("count") ? 202 : 200).end();
  emit(Object.fromEntries(["first", "count", "gap_us", "turns"].map((name) => [name, Number(asked.get(name))])));
});
const io = new Server(server);
// Whoever is let in is told of everything from then on.
if (process.env.AMQP_URL) await follow(process.env.AMQP_URL);
server.listen(Number(port), "127.0.0.1", BACKLOG);
