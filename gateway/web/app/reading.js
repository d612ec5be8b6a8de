// How far somebody has read: as far as there is, while the page has their attention and shows the end.
import { messages } from "./messages.js";
import { observable } from "./observable.js";
import { session } from "./session.js";

/** The last message that was read; null before there was one. */
const readTo = observable(null);
/** After which message the line is drawn that says what is new; it stays where it is until the attention goes elsewhere. */
export const newAfter = observable(null);
/** Whether the newest message is in view. */
export const isAtEnd = observable(true);
/** How many messages of others have not been read. */
export const unread = observable(0);

const hasAttention = () => !document.hidden && document.hasFocus();

export function noteReading() {
  messages.watch(update);
  isAtEnd.watch(update);
  addEventListener("focus", update);
  addEventListener("blur", () => newAfter.set(readTo.get()));
  document.addEventListener("visibilitychange", update);
  unread.watch((count) => (document.title = count ? `(${count}) Flack` : "Flack"));
}

/** Whoever answers has read what is there. */
export function forgetNew() {
  newAfter.set(null);
}

function update() {
  const all = messages.get();
  const last = all.at(-1)?.id ?? null;
  if (readTo.get() === null || (hasAttention() && isAtEnd.get())) readTo.set(last);
  const me = session.get()?.me.id;
  const isNew = ({ id, user_id: author, deleted }) => id > readTo.get() && author !== me && !deleted;
  unread.set(all.filter(isNew).length);
}
