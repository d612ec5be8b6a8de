// Messages that the server has not confirmed yet.
import { html } from "../html.js";
import { discard, retry } from "../sending.js";
import { focusBox } from "./composer.js";

export function Unsent({ message: { key, source, state, reason } }) {
  const decide = (what) => () => {
    what(key);
    focusBox(); // the buttons are about to go
  };
  return html`
    <li class="message first unsent" data-status=${state}>
      <p class="body source">${source}</p>
      ${state === "sending" && html`<p class="hint">Sending…</p>`}
      ${state === "failed" &&
      html`<p class="error" role="alert">Not sent: ${reason}</p>
        <p class="actions">
          <button type="button" class="quiet" onClick=${decide(retry)}>Retry</button>
          <button type="button" class="quiet" onClick=${decide(discard)}>Discard</button>
        </p>`}
    </li>
  `;
}
