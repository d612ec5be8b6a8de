// What was said: each message in its newest version, in whichever order versions arrive.
import { follow } from "./people.js";

export const MAX_SHOWN = 500;
const shown = new Map(); // id → {version, element}
const list = document.getElementById("messages");
const template = document.getElementById("message-template");

export function showMessages(messages) {
  for (const message of messages) showMessage(message);
  while (list.children.length > MAX_SHOWN) {
    shown.delete(Number(list.firstElementChild.dataset.message));
    list.firstElementChild.remove();
  }
}

function showMessage(message) {
  const known = shown.get(message.id);
  if (known?.version >= message.version) return;
  const element = known?.element ?? insert(message.id);
  shown.set(message.id, { version: message.version, element });
  element.dataset.status = message.deleted ? "deleted" : message.status;
  follow(element, message.user_id);
  showTime(element.querySelector("time"), new Date(message.created_at * 1000));
  const body = element.querySelector(".body");
  if (message.deleted) body.textContent = "This message was deleted.";
  else body.innerHTML = message.html; // the only innerHTML: the server promises that this is safe, and nothing else is
  for (const link of body.querySelectorAll("a")) link.target = "_blank";
}

/** Make an element in the order of ids; most messages are new, so its place is sought from the end. */
function insert(id) {
  const element = template.content.firstElementChild.cloneNode(true);
  element.dataset.message = id;
  let before = list.lastElementChild;
  while (before && Number(before.dataset.message) > id) before = before.previousElementSibling;
  list.insertBefore(element, before ? before.nextSibling : list.firstChild);
  return element;
}

function showTime(element, at) {
  const today = at.toDateString() === new Date().toDateString();
  element.dateTime = at.toISOString();
  element.title = at.toLocaleString();
  element.textContent = at.toLocaleString(undefined, { dateStyle: today ? undefined : "medium", timeStyle: "short" });
}
