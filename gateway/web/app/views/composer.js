// The box to write in, and what it will look like.
import { html, useEffect, useRef, useState } from "../html.js";
import { forgetNew } from "../reading.js";
import { send } from "../sending.js";
import { asMyself } from "../session.js";
import { Markup } from "./body.js";

export const MAX_CHARS = 8000;

export function Composer() {
  const [source, setSource] = useState("");
  const [preview, setPreview] = useState(null);
  const [error, setError] = useState("");
  const isPreviewed = preview !== null;
  const latest = useRef();
  latest.current = source;
  const hide = () => setPreview(null);
  useEffect(() => isPreviewed || focusBox(), [isPreviewed]);

  function submit(event) {
    event.preventDefault();
    const wrong = wrongWith(source);
    setError(wrong);
    if (wrong || !source.trim()) return;
    send(source);
    forgetNew();
    setSource("");
    hide();
    focusBox(); // not the button that it was sent by
  }

  async function show() {
    try {
      const { html: markup } = await asMyself("POST", "/renderings", { json: { source } });
      if (latest.current !== source) return; // sent or changed meanwhile
      setPreview(markup);
      setError("");
    } catch (problem) {
      setError(problem.message);
    }
  }

  return html`
    <form class="composer" aria-label="Write a message" onSubmit=${submit}>
      <label for="source" class="unseen">Message, in Markdown</label>
      <textarea
        id="source"
        rows="2"
        placeholder="Write a message…"
        aria-describedby="composer-hint composer-error"
        hidden=${isPreviewed}
        value=${source}
        onInput=${(event) => setSource(event.currentTarget.value)}
        onKeyDown=${submitOnEnter}
      ></textarea>
      ${isPreviewed && html`<${Markup} markup=${preview} class="preview body" role="region" aria-label="Preview" tabindex="0" />`}
      <p class="buttons">
        <button type="button" class="quiet" disabled=${!source.trim()} onClick=${isPreviewed ? hide : show}>
          ${isPreviewed ? "Write" : "Preview"}
        </button>
        <button type="submit" disabled=${!source.trim()}>Send</button>
      </p>
      <p id="composer-hint" class="hint">
        Markdown works: <b>**bold**</b>, <i>*italic*</i>, <code>\`code\`</code>. Enter sends, Shift+Enter starts a new line.
      </p>
      <p id="composer-error" class="error" role="alert">${error}</p>
    </form>
  `;
}

/** Go on where people write. */
export const focusBox = () => document.getElementById("source")?.focus();

/** What keeps *source* from being sent; it stays in its box then. */
export function wrongWith(source) {
  const { length } = [...source];
  return length > MAX_CHARS ? `A message has at most ${MAX_CHARS} characters, and this one ${length}.` : "";
}

/** Not the Enter that completes a Japanese or Chinese word. */
export function submitOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.currentTarget.form.requestSubmit();
}
