// Messages on their way: each is shown at once, and has a key, so that one that is sent again is not posted twice.
import { messages, take } from "./messages.js";
import { observable } from "./observable.js";
import { Problem } from "./requests.js";
import { asMyself, farewell, session } from "./session.js";

const KEY = "flack.unsent";
const BUSY = 409; // the first try is still being dealt with
const BUSY_MS = 1000;
const BUSY_TRIES = 10;

/**
 * `{key, userId, source, after, state, reason}` in the order in which they were written; `after` is the last message that was
 * there then, `state` is "sending" or "failed".
 */
export const unsent = observable(kept());
let queue = Promise.resolve();

export function send(source) {
  const userId = session.get().me.id;
  const message = { key: randomKey(), userId, source, after: lastId(), state: "sending", reason: "" };
  unsent.set([...unsent.get(), message]);
  enqueue(message.key);
}

export function retry(key) {
  change(key, { state: "sending", reason: "" });
  enqueue(key);
}

export const discard = (key) => unsent.set(unsent.get().filter((message) => message.key !== key));

/** One after the other, in the order in which they were written. */
function enqueue(key) {
  queue = queue.then(() => post(key));
}

async function post(key) {
  const message = unsent.get().find((each) => each.key === key);
  if (!message) return;
  try {
    const posted = await postOnce(message);
    discard(key);
    take([posted]);
  } catch (problem) {
    change(key, { state: "failed", reason: problem.message });
  }
}

async function postOnce(message, tries = BUSY_TRIES) {
  const { key, source, userId } = message;
  if (session.get()?.me.id !== userId) throw new Problem({ detail: "You were logged out before." });
  const options = { json: { source }, headers: { "Idempotency-Key": key } };
  try {
    return await asMyself("POST", "/messages", options);
  } catch (problem) {
    if (problem.status !== BUSY || !tries) throw problem;
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
    return postOnce(message, tries - 1);
  }
}

function change(key, what) {
  unsent.set(unsent.get().map((message) => (message.key === key ? { ...message, ...what } : message)));
}

/** What a reload interrupts may have been posted or not: it waits for somebody to say that it is to be sent again. */
function kept() {
  const found = JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  return found.map((message) => ({ ...message, state: "failed", reason: "The page was left before it was sent." }));
}
unsent.watch((all) => sessionStorage.setItem(KEY, JSON.stringify(all)));
// Whoever logs out leaves nothing here; whose session has ended finds it again.
session.watch((next) => next === null && !farewell.get() && unsent.set([]));

const lastId = () => messages.get().at(-1)?.id ?? 0;

/** Random enough, and there without TLS too, as crypto.randomUUID is not. */
function randomKey() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
