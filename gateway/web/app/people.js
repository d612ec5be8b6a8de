// The people that the page knows: who is online, and who wrote something that is shown.
import { observable } from "./observable.js";
import { asMyself, session } from "./session.js";

const PAGE = 1000; // at most so many are asked for at once
const MAX_PAGES = 5;

/** By id. */
export const people = observable(new Map());
const asked = new Set();

/** Take people in whichever version; who is neither online nor known is left. */
export function takePeople(given) {
  const known = people.get();
  const changed = given.filter(
    ({ id, version, online }) => (online || known.has(id) || asked.has(id)) && !(known.get(id)?.version >= version),
  );
  if (changed.length) people.set(new Map([...known, ...changed.map((person) => [person.id, person])]));
}

export const forgetPeople = () => people.set(new Map());

/**
 * Begin with everybody who is online, unless *check* fails. That list may be a copy of a second ago; what has changed since
 * never is.
 */
export async function loadPeople(check) {
  let { users, cursor } = await asMyself("GET", `/users?online=1&updated_since=1&limit=${PAGE}`);
  check();
  forgetPeople();
  takePeople(users);
  for (let page = 0; page === 0 || (users.length === PAGE && page < MAX_PAGES); page++) {
    ({ users, cursor } = await asMyself("GET", `/users?cursor=${cursor}&limit=${PAGE}`));
    check();
    takePeople(users);
  }
}

/** Have everybody known who wrote one of *messages*. */
export async function loadAuthors(messages) {
  const authors = new Set(messages.map(({ user_id: author }) => author));
  await Promise.all([...authors].filter((id) => !people.get().has(id)).map(loadPerson));
}

export async function loadPerson(id) {
  if (asked.has(id)) return;
  asked.add(id);
  await asMyself("GET", `/users/${id}`)
    .then((person) => takePeople([person]))
    .catch(() => {}) // another message of theirs asks again
    .finally(() => asked.delete(id));
}

/** Return what is known of *id*, if only the number. */
export const personOf = (known, id) => known.get(id) ?? { id, nickname: nicknameOf(id), online: false };

const nicknameOf = (id) => (session.get()?.me.id === id ? session.get().me.nickname : `User ${id}`);
