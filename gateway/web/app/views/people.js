// The side: who is there.
import { html } from "../html.js";
import { useObservable } from "../observable.js";
import { people } from "../people.js";

const MAX_LISTED = 200;

export function People() {
  const all = [...useObservable(people).values()].sort(byPresence);
  const online = all.filter((person) => person.online).length;
  return html`
    <aside aria-labelledby="people-title">
      <h2 id="people-title">People <span class="hint">${online} online</span></h2>
      <ul class="people" tabindex="0" aria-labelledby="people-title">
        ${all.slice(0, MAX_LISTED).map((person) => html`<${Person} key=${person.id} ...${person} />`)}
      </ul>
    </aside>
  `;
}

const byPresence = (one, other) => other.online - one.online || one.nickname.localeCompare(other.nickname);

function Person({ nickname, online }) {
  return html`
    <li class="person ${online ? "online" : ""}">
      <span class="dot" aria-hidden="true"></span>
      <span class="name">${nickname}</span>
      <span class="unseen">, ${online ? "online" : "offline"}</span>
    </li>
  `;
}
