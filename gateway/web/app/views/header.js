// The top: name, connection, account.
import { connection } from "../connection.js";
import { html, useState } from "../html.js";
import { useObservable } from "../observable.js";
import { people, personOf } from "../people.js";
import { logOut, session } from "../session.js";
import { Rename } from "./rename.js";

const STATES = { connecting: "Connecting…", live: "Live", lost: "Offline", refused: "Offline" };

export function Header() {
  const { state } = useObservable(connection);
  const isSomebody = useObservable(session) !== null;
  return html`
    <header>
      <h1><img src="/icon.svg" alt="" width="28" height="28" />Flack</h1>
      <p class="connection" role="status" data-state=${state}>${STATES[state]}</p>
      ${isSomebody && html`<${Account} />`}
    </header>
  `;
}

function Account() {
  const { me } = useObservable(session);
  const { nickname } = personOf(useObservable(people), me.id);
  const [isRenaming, setRenaming] = useState(false);
  return html`
    <div class="account">
      <button type="button" class="quiet me" title="Change your nickname" onClick=${() => setRenaming(true)}>${nickname}</button>
      <button type="button" class="quiet" onClick=${logOut}>Log out</button>
      ${isRenaming && html`<${Rename} me=${{ ...me, nickname }} onDone=${() => setRenaming(false)} />`}
    </div>
  `;
}
