// The messages: grouped by day and author, back to the beginning for whoever scrolls there.
import { html, useRef } from "../html.js";
import { messages } from "../messages.js";
import { useObservable } from "../observable.js";
import { people } from "../people.js";
import { isAtEnd, newAfter, unread } from "../reading.js";
import { unsent } from "../sending.js";
import { session } from "../session.js";
import { Beginning } from "./beginning.js";
import { Block, blocksOf } from "./block.js";
import { Unsent } from "./unsent.js";

const END_PX = 40;

export function Log() {
  const log = useRef();
  const all = useObservable(messages);
  const known = useObservable(people);
  const me = useObservable(session)?.me.id;
  const isEnd = useObservable(isAtEnd);
  const lineAfter = useObservable(newAfter);
  const firstNew = lineAfter === null ? null : all.find(({ id, user_id: author }) => id > lineAfter && author !== me)?.id;
  const waiting = useObservable(unsent).filter((message) => message.userId === me && !isThere(message, all));

  // Scrolling begins at the end (`column-reverse`), so that it stays in view, and what is loaded above moves nothing.
  const onScroll = () => isAtEnd.set(log.current.scrollTop > -END_PX);
  const toEnd = () => {
    log.current.scrollTop = 0;
    log.current.focus({ preventScroll: true }); // the button is about to go
  };
  return html`
    <div class="log-frame">
      <section
        ref=${log}
        class="log ${isEnd ? "at-end" : ""}"
        role="log"
        aria-live="off"
        aria-label="Messages"
        tabindex="0"
        onScroll=${onScroll}
      >
        <div class="messages">
          <${Beginning} log=${log} isEmpty=${!all.length} />
          ${blocksOf(all).map((block) => html`<${Block} key=${block.key} ...${{ ...block, known, firstNew, me }} />`)}
          ${waiting.length > 0 && html`<ol>${waiting.map((message) => html`<${Unsent} key=${message.key} message=${message} />`)}</ol>`}
        </div>
      </section>
      ${!isEnd && html`<${ToEnd} onClick=${toEnd} />`}
    </div>
  `;
}

/** Whether a message that is being sent has come back already, before the answer to its sending. */
function isThere({ source, state, after, userId }, all) {
  const isIt = (message) => message.id > after && message.user_id === userId && message.source === source;
  return state === "sending" && all.some(isIt);
}

function ToEnd({ onClick }) {
  const count = useObservable(unread);
  const text = count ? `${count} new, jump to latest` : "Jump to latest";
  return html`<button type="button" class="to-end" onClick=${onClick}>${text}</button>`;
}
