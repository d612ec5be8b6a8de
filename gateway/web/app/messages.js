// The messages that the page knows: the newest ones, and of the history as far back as somebody has looked.
import { observable } from "./observable.js";
import { asMyself } from "./session.js";

export const PAGE = 50;
const MAX_KEPT = 5000;
const MAX_AHEAD = 500;
const NEWEST = Number.MAX_SAFE_INTEGER; // whatever comes next

/** In the order of their ids, each in its newest version. */
export const messages = observable([]);
/** How far back they reach: `{from, isAll}`, an id, and whether there is nothing before it. */
export const reach = observable({ from: NEWEST, isAll: false });
/** By id, what changed lately further back than that: the page that it belongs to may be on its way, and older. */
const ahead = new Map();

/** Take messages in whichever version, and return those that nobody knew; what lies further back than we do is not shown. */
export function take(given) {
  const known = messages.get();
  const changed = new Map();
  for (const message of given) {
    const target = message.id < reach.get().from ? ahead : changed;
    const before = target.get(message.id) ?? find(known, message.id);
    if (!(before?.version >= message.version)) target.set(message.id, message);
  }
  for (const id of [...ahead.keys()].slice(0, -MAX_AHEAD)) ahead.delete(id);
  if (!changed.size) return [];
  const kept = known.map((message) => changed.get(message.id) ?? message);
  const fresh = [...changed.values()].filter(({ id }) => !find(known, id));
  // Mostly they are newer than all others, and this only looks.
  messages.set(bounded([...kept, ...fresh].sort((one, other) => one.id - other.id)));
  return fresh;
}

/** Begin with the newest messages, unless *check* fails, and return a cursor from which on changes can be followed. */
export async function loadNewest(check) {
  const { messages: page, cursor } = await pageBefore(NEWEST);
  check();
  forgetAll();
  reach.set(reachOf(page));
  take(page);
  return cursor;
}

/** Reach further back by a page. */
export async function loadOlder() {
  const { from } = reach.get();
  const { messages: page } = await pageBefore(from);
  if (reach.get().from !== from) return; // begun anew meanwhile
  reach.set(reachOf(page, from));
  const overtaking = [...ahead.values()];
  ahead.clear();
  take([...page, ...overtaking]);
}

export function forgetAll() {
  ahead.clear();
  messages.set([]);
  reach.set({ from: NEWEST, isAll: false });
}

/** Whether there is more, and room for it. */
export const canReachBack = () => !reach.get().isAll && messages.get().length < MAX_KEPT;

/** Let a message go at once; its next version tells how it is. */
export function forgetText(id) {
  const empty = { source: "", html: "", previews: [], deleted: true };
  messages.set(messages.get().map((message) => (message.id === id ? { ...message, ...empty } : message)));
}

const pageBefore = (id) => asMyself("GET", `/messages?before=${id}&limit=${PAGE}`);

function reachOf(page, from = NEWEST) {
  const isAll = page.length < PAGE;
  return { from: isAll ? 0 : Math.min(from, ...page.map(({ id }) => id)), isAll };
}

/** Of too many the oldest go. */
function bounded(all) {
  if (all.length <= MAX_KEPT) return all;
  const kept = all.slice(-MAX_KEPT);
  reach.set({ from: kept[0].id, isAll: false });
  return kept;
}

/** Return the message *id* of *sorted*. */
function find(sorted, id) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].id < id) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.id === id ? sorted[low] : undefined;
}
