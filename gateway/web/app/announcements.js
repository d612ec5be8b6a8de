// What a screen reader says of itself: messages of others that have just come. History and what was missed is not read out.
import { observable } from "./observable.js";
import { people, personOf } from "./people.js";
import { session } from "./session.js";

const MAX_CHARS = 200;

export const announcement = observable("");

export function announce(fresh) {
  const last = fresh.findLast(({ user_id: author, deleted }) => author !== session.get()?.me.id && !deleted);
  if (!last) return;
  const { nickname } = personOf(people.get(), last.user_id);
  announcement.set(`${nickname}: ${last.source.slice(0, MAX_CHARS)}`);
}
