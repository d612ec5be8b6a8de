// One message, and what its author may do with it.
import { Component, html, useEffect, useRef, useState } from "../html.js";
import { forgetText } from "../messages.js";
import { asMyself } from "../session.js";
import { clock, dateOf, exact } from "../times.js";
import { Body } from "./body.js";
import { Dialog } from "./dialog.js";
import { Editor } from "./editor.js";

const HUES = 6;

/** Drawn anew only when something of it has changed: there may be thousands. */
export class Message extends Component {
  shouldComponentUpdate(next) {
    return Object.keys(next).some((name) => next[name] !== this.props[name]);
  }

  render({ message, nickname, online, isMine, isFirst }) {
    const state = message.deleted ? "deleted" : message.status;
    return html`
      <li class="message ${isFirst ? "first" : ""}" data-message=${message.id} data-status=${state}>
        ${isFirst && html`<${Byline} message=${message} nickname=${nickname} online=${online} />`}
        ${message.deleted && html`<p class="body">This message was deleted.</p>`}
        ${!message.deleted && html`<${Content} message=${message} isMine=${isMine} />`}
      </li>
    `;
  }
}

/** Who wrote it and when; the next few of the same author go without. */
function Byline({ message, nickname, online }) {
  const at = dateOf(message.created_at);
  const hue = message.user_id % HUES;
  const initial = [...nickname][0].toUpperCase();
  return html`
    <span class="avatar ${online ? "online" : ""}" data-hue=${hue} aria-hidden="true">${initial}</span>
    <p class="byline">
      <b class="name">${nickname}</b> <time datetime=${at.toISOString()} title=${exact(at)}>${clock(at)}</time>
    </p>
  `;
}

function Content({ message, isMine }) {
  const [doing, setDoing] = useState("");
  const done = () => setDoing("");
  const edit = useRef();
  // Whoever comes back from the editor finds the place where they left.
  useEffect(() => (doing === "edit" ? () => edit.current?.focus() : undefined), [doing]);
  if (isMine && doing === "edit") return html`<${Editor} message=${message} onDone=${done} />`;
  return html`
    <${Body} message=${message} />
    ${isMine &&
    html`<p class="actions">
      <button type="button" class="quiet" ref=${edit} onClick=${() => setDoing("edit")}>Edit</button>
      <button type="button" class="quiet" onClick=${() => setDoing("delete")}>Delete</button>
    </p>`}
    ${isMine && doing === "delete" && html`<${Deletion} message=${message} onDone=${done} />`}
  `;
}

function Deletion({ message, onDone }) {
  const [error, setError] = useState("");

  async function remove() {
    try {
      await asMyself("DELETE", `/messages/${message.id}`);
      forgetText(message.id);
    } catch (problem) {
      setError(problem.message);
    }
  }

  return html`
    <${Dialog} title="Delete this message?" onClose=${onDone}>
      <p>Nobody will be able to read it any more.</p>
      <p class="error" role="alert">${error}</p>
      <p class="buttons">
        <button type="button" onClick=${remove}>Delete</button>
        <button type="button" class="quiet" onClick=${onDone}>Cancel</button>
      </p>
    <//>
  `;
}
