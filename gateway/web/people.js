// Who is there. Whatever on the page carries `data-user` shows that user's present nickname and presence.
import { call } from "./api.js";

const MAX_LISTED = 200;
const users = new Map();
const asked = new Set();
const list = document.getElementById("people");
const template = document.getElementById("person-template");
let painting = 0;

export function showUsers(fresh) {
  for (const user of fresh) {
    const known = users.get(user.id);
    if (known?.updated_at > user.updated_at) continue;
    users.set(user.id, user);
    if (known?.nickname === user.nickname && known.online === user.online) continue;
    for (const element of document.querySelectorAll(`[data-user="${Number(user.id)}"]`)) paint(element, user);
    painting ||= requestAnimationFrame(paintList); // presence changes in bursts
  }
}

/** Let *element* show the user's nickname (`.name`), initial (`.avatar`) and presence, now and later. */
export function follow(element, id) {
  element.dataset.user = id;
  paint(element, users.get(id) ?? { id, nickname: `User ${id}`, online: false });
  if (users.has(id) || asked.has(id)) return;
  asked.add(id);
  // After a failure the next message of theirs asks again.
  call("GET", `/users/${id}`).then((user) => showUsers([user]), () => asked.delete(id));
}

function paint(element, { id, nickname, online }) {
  element.classList.toggle("online", online);
  element.dataset.hue = id % 6;
  const texts = { name: nickname, avatar: [...nickname][0].toUpperCase(), presence: online ? "online" : "offline" };
  for (const part in texts) element.querySelector(`.${part}`)?.replaceChildren(texts[part]);
}

function paintList() {
  painting = 0;
  const order = (one, other) => other.online - one.online || one.nickname.localeCompare(other.nickname);
  const items = [...users.values()].sort(order).slice(0, MAX_LISTED).map((user) => {
    const item = template.content.firstElementChild.cloneNode(true);
    paint(item, user);
    return item;
  });
  list.replaceChildren(...items);
}
