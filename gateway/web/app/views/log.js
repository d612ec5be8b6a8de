// The messages: grouped by day and author, back to the beginning for whoever scrolls there.
import { html, useRef } from "../html.js";
import { messages } from "../messages.js";
import { useObservable } from "../observable.js";
import { people, personOf } from "../people.js";
import { isAtEnd, newAfter, unread } from "../reading.js";
import { unsent } from "../sending.js";
import { session } from "../session.js";
import { dateOf, day, isSameDay } from "../times.js";
import { Beginning } from "./beginning.js";
import { Message } from "./message.js";
import { Unsent } from "./unsent.js";

const GROUP_SECONDS = 5 * 60;
const END_PX = 40;

export function Log() {
  const log = useRef();
  const all = useObservable(messages);
  const known = useObservable(people);
  const me = useObservable(session)?.me.id;
  const isEnd = useObservable(isAtEnd);
  const lineAfter = useObservable(newAfter);
  const waiting = useObservable(unsent).filter((message) => message.userId === me && !isThere(message, all));
  const rows = all.flatMap((message, place) => {
    const author = personOf(known, message.user_id);
    return rowsOf(message, all[place - 1], { lineAfter, me, author });
  });

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
        <ol class="messages">
          <${Beginning} log=${log} isEmpty=${!all.length} />
          ${rows}
          ${waiting.map((message) => html`<${Unsent} key=${message.key} message=${message} />`)}
        </ol>
      </section>
      ${!isEnd && html`<${ToEnd} onClick=${toEnd} />`}
    </div>
  `;
}

/** A message, with what stands above it: the day, and the line of what is new. */
function rowsOf(message, before, { lineAfter, me, author }) {
  const isNewDay = !before || !isSameDay(dateOf(before.created_at), dateOf(message.created_at));
  const isMine = message.user_id === me;
  const isNew = lineAfter !== null && message.id > lineAfter && !(before?.id > lineAfter) && !isMine;
  const isFirst = isNewDay || isNew || !belongsTo(message, before);
  const { nickname, online } = author;
  return [
    isNewDay && html`<li key="day-${message.id}" class="day"><span>${day(dateOf(message.created_at))}</span></li>`,
    isNew && html`<li key="new" class="new"><span>New</span></li>`,
    html`<${Message} key=${message.id} ...${{ message, nickname, online, isMine, isFirst }} />`,
  ];
}

/** Whether a message goes on where the one before it ended, without its author's name once more. */
function belongsTo(message, before) {
  return before.user_id === message.user_id && message.created_at - before.created_at <= GROUP_SECONDS;
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
