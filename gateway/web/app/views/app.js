// The page: what is at the top, the messages with the box or the entrance beneath them, and the people.
import { announcement } from "../announcements.js";
import { html, useEffect } from "../html.js";
import { useObservable } from "../observable.js";
import { session } from "../session.js";
import { Banner } from "./banner.js";
import { Composer } from "./composer.js";
import { Entrance, focusEntrance } from "./entrance.js";
import { Header } from "./header.js";
import { Log } from "./log.js";
import { People } from "./people.js";

export function App() {
  const isSomebody = useObservable(session) !== null;
  useEffect(() => (isSomebody ? focusEntrance : undefined), [isSomebody]); // after they have left, not when they come
  return html`
    <${Header} />
    <main>
      <${Banner} />
      <${Log} />
      ${isSomebody ? html`<${Composer} />` : html`<${Entrance} />`}
      <p class="unseen" aria-live="polite">${useObservable(announcement)}</p>
    </main>
    <${People} />
  `;
}
