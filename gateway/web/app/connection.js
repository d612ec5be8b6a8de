// The Socket.IO connection: lost, it comes back by itself; dead without a word, it is noticed.
import { observable } from "./observable.js";
import { renew, session } from "./session.js";
import { io } from "./vendor/socket.io.js";

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
const STEADY_MS = 10_000; // a link that has stayed up for so long counts as a good one
const CONNECT_MS = 10_000;
const ANSWER_MS = 10_000;
const SILENT_MS = 20_000; // something is heard at least every 25 s: after this it is asked whether there is a link
const WATCH_MS = 5000;
const REQUEST_MS = 30_000; // longer than a poll waits; one that is dead would keep its place among the six that a browser has
const TRANSPORTS = ["websocket", "polling"];

/** `{state, retryAt?}`: "connecting", "live", "lost" until `retryAt`, or "refused" when only a login can help. */
export const connection = observable({ state: "connecting" });

const auth = (give) => give(session.get() ? { token: session.get().token } : {});
const socket = io({
  auth,
  autoConnect: false,
  reconnection: false,
  timeout: CONNECT_MS,
  requestTimeout: REQUEST_MS,
  tryAllTransports: true,
});
let failures = 0;
let refusals = 0;
let retry = 0;
let steady = 0;
let heardAt = 0;

/** Hear each event that the server tells of, by name. */
export const onEvent = (name, listener) => socket.on(name, listener);

/** Send an event and return the answer to it, `{ok, ...}`; fails when none comes in time. */
export const ask = (name, ...given) => socket.timeout(ANSWER_MS).emitWithAck(name, ...given).then(heard);

/** Connect, and stay connected until the page is left. */
export function open() {
  socket.on("connect", onConnect);
  socket.on("disconnect", onDisconnect);
  socket.on("connect_error", onRefusal);
  socket.on("expired_token", renewOrLeave);
  socket.onAny(heard);
  socket.io.on("ping", heard);
  socket.io.on("open", () => socket.io.engine.on("upgradeError", giveUpPaused));
  session.watch(changeIdentity);
  setInterval(() => Date.now() > heardAt + SILENT_MS && probe(), WATCH_MS);
  addEventListener("online", reconnectOrProbe);
  document.addEventListener("visibilitychange", () => document.hidden || reconnectOrProbe());
  connect();
}

/** Try now, rather than when it was meant to be tried; what goes on already may lead nowhere, and is given up. */
export function connect() {
  clearTimeout(retry);
  socket.disconnect();
  // By turns, for there are networks that let a WebSocket begin and then nothing through.
  const [first, second] = failures % 2 ? [...TRANSPORTS].reverse() : TRANSPORTS;
  socket.io.opts.transports = [first, second];
  socket.connect();
}

function onConnect() {
  heard();
  refusals = 0;
  steady = setTimeout(() => (failures = 0), STEADY_MS);
  connection.set({ state: "live" });
}

function onDisconnect(reason) {
  clearTimeout(steady);
  if (reason !== "io client disconnect") connectLater();
}

async function onRefusal({ data }) {
  if (data?.status !== 401) return connectLater();
  if (!session.get()) return connection.set({ state: "refused" });
  if (refusals++ % 2) return connectLater(); // another token is refused as well
  await renewOrLeave(); // either is a change of identity, and connects anew
}

function connectLater() {
  const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures++);
  const delay = longest * (0.5 + 0.5 * Math.random()); // not all who were lost come back in the same moment
  clearTimeout(retry);
  retry = setTimeout(connect, delay);
  connection.set({ state: "lost", retryAt: Date.now() + delay });
}

function heard(answer) {
  heardAt = Date.now();
  return answer;
}

/** Ask for a sign of life; without one, begin anew. */
async function probe() {
  if (!socket.connected) return;
  heardAt = Date.now();
  await ask("ping_user").catch(() => socket.connected && giveUp());
}

/** For a WebSocket, polling is paused; when that breaks before it takes over, Engine.IO goes on with neither. */
const giveUpPaused = () => socket.io.engine.upgrading && giveUp();

/** Not by closing it, for what is dead would have to take that in first. */
function giveUp() {
  socket.disconnect();
  connectLater();
}

const reconnectOrProbe = () => (connection.get().state === "lost" ? connect() : probe());

async function renewOrLeave() {
  if (session.get()) await renew(session.get()).catch(connectLater);
}

/** The same person with another token says so; anybody else connects anew. */
async function changeIdentity(next, last) {
  if (socket.connected && next?.me.id === last?.me.id) {
    const answer = await ask("authenticate", next.token).catch(() => null);
    if (answer?.ok) return;
  }
  connect();
}
