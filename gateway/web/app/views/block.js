// Some messages that follow each other. Of thousands, only the blocks that have changed are drawn, and those in view laid out.
import { Component, html } from "../html.js";
import { personOf } from "../people.js";
import { dateOf, day, isSameDay } from "../times.js";
import { Message } from "./message.js";

const IDS = 64; // in a block, at most
const GROUP_SECONDS = 5 * 60;

/** Return *all* in blocks, `{key, shown, before}`; what is added at either end leaves those in between as they are. */
export function blocksOf(all) {
  const blocks = [];
  for (const message of all) {
    const key = Math.floor(message.id / IDS);
    if (blocks.at(-1)?.key !== key) blocks.push({ key, shown: [], before: blocks.at(-1)?.shown.at(-1) });
    blocks.at(-1).shown.push(message);
  }
  return blocks;
}

export class Block extends Component {
  shouldComponentUpdate({ shown, ...next }) {
    const isSame = shown.length === this.props.shown.length && shown.every((message, place) => message === this.props.shown[place]);
    return !isSame || Object.keys(next).some((name) => next[name] !== this.props[name]);
  }

  render({ shown, before, known, firstNew, me }) {
    const rows = shown.flatMap((message, place) => {
      const author = personOf(known, message.user_id);
      return rowsOf(message, shown[place - 1] ?? before, { firstNew, me, author });
    });
    return html`<ol class="block">${rows}</ol>`;
  }
}

/** A message, with what stands above it: the day, and the line of what is new. */
function rowsOf(message, before, { firstNew, me, author }) {
  const isNewDay = !before || !isSameDay(dateOf(before.created_at), dateOf(message.created_at));
  const isMine = message.user_id === me;
  const isNew = message.id === firstNew;
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
