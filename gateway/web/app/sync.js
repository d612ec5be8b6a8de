// Keeps what the page knows up to date: a page of it once, every change as it happens, and after a loss what was missed.
import { announce, announcement } from "./announcements.js";
import { ask, connection, onEvent } from "./connection.js";
import { forgetAll, loadNewest, messages, take } from "./messages.js";
import { forgetPeople, loadAuthors, loadPeople, takePeople } from "./people.js";

const RETRY_MS = 2000;
const MAX_PAGES = 20; // who has missed more begins anew

let cursor = null;
let isComplete = false; // whether all that was missed has been read
let turn = 0;

/** Begin; whatever comes is kept from then on. */
export function follow() {
  onEvent("updated_model", onUpdate);
  onEvent("up_to_date", (place) => isComplete && (cursor = place.cursor)); // before, it is no place to begin from
  connection.watch(({ state }) => {
    turn++;
    isComplete = false;
    if (state === "live") catchUp(turn);
    if (state === "refused") forget();
  });
}

/** Leave nothing to see for whoever may not read. */
function forget() {
  cursor = null;
  forgetAll();
  forgetPeople();
  announcement.set("");
}

function onUpdate({ class: kind, model }) {
  if (kind === "User") return takePeople([model]);
  const fresh = take([model]);
  loadAuthors(fresh).then(() => announce(fresh));
}

/** Read what was missed before this connection; what has come over it meanwhile is known already, or comes twice. */
async function catchUp(mine) {
  const check = () => {
    if (mine !== turn) throw new Overtaken();
  };
  try {
    cursor ??= await begin(check);
    for (let page = 0, more = true; more && mine === turn; page++) {
      if (page === MAX_PAGES) throw new Expired();
      more = await readPage(mine);
    }
    if (mine === turn) isComplete = true;
  } catch (error) {
    if (mine !== turn) return;
    if (error instanceof Expired) cursor = null;
    setTimeout(() => mine === turn && catchUp(mine), RETRY_MS * (0.5 + Math.random()));
  }
}

async function readPage(mine) {
  const answer = await ask("sync", { cursor });
  if (!answer.ok) throw answer.problem.status === 400 ? new Expired() : new Error(answer.problem.detail);
  if (mine !== turn) return false;
  takePeople(answer.users);
  loadAuthors(take(answer.messages));
  cursor = answer.cursor;
  return answer.more;
}

/** Read what there is, and return from where to go on; *check* fails once that is of no use any more. */
async function begin(check) {
  const place = await loadNewest(check);
  await loadPeople(check);
  loadAuthors(messages.get());
  return place;
}

/** The cursor is of no use any more. */
class Expired extends Error {}

/** The connection is another one by now. */
class Overtaken extends Error {}
