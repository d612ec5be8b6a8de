// The box to change a message in, in its place.
import { html, useEffect, useRef, useState } from "../html.js";
import { take } from "../messages.js";
import { asMyself } from "../session.js";
import { submitOnEnter, wrongWith } from "./composer.js";

export function Editor({ message, onDone }) {
  const [source, setSource] = useState(message.source);
  const [error, setError] = useState("");
  const box = useRef();
  useEffect(() => {
    box.current.focus();
    box.current.setSelectionRange(source.length, source.length);
  }, []);

  async function save(event) {
    event.preventDefault();
    const wrong = source.trim() ? wrongWith(source) : "A message is not empty; it can be deleted.";
    if (wrong) return setError(wrong);
    try {
      take([await asMyself("PUT", `/messages/${message.id}`, { json: { source } })]);
      onDone();
    } catch (problem) {
      setError(problem.message);
    }
  }

  function onKeyDown(event) {
    if (event.key === "Escape") onDone();
    else submitOnEnter(event);
  }

  return html`
    <form class="editor" aria-label="Edit the message" onSubmit=${save}>
      <label class="unseen" for="edit-${message.id}">New text, in Markdown</label>
      <textarea
        id="edit-${message.id}"
        ref=${box}
        rows="2"
        value=${source}
        onInput=${(event) => setSource(event.currentTarget.value)}
        onKeyDown=${onKeyDown}
      ></textarea>
      <p class="buttons">
        <button type="submit">Save</button>
        <button type="button" class="quiet" onClick=${onDone}>Cancel</button>
      </p>
      <p class="error" role="alert">${error}</p>
    </form>
  `;
}
