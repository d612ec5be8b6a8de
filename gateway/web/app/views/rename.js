// The window to take another nickname.
import { html, useState } from "../html.js";
import { loadPerson } from "../people.js";
import { asMyself } from "../session.js";
import { Dialog } from "./dialog.js";
import { errorsOf, Field, useErrors } from "./field.js";

export function Rename({ me, onDone }) {
  const { errors, forget, tell } = useErrors();
  const [first] = useState(me.nickname);

  async function rename(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const nickname = form.elements.nickname.value.trim();
    try {
      await asMyself("PUT", `/users/${me.id}`, { json: { nickname } });
      await loadPerson(me.id);
      onDone();
    } catch (problem) {
      tell(form, errorsOf(problem, ["nickname"]));
    }
  }

  return html`
    <${Dialog} title="Change your nickname" onClose=${onDone}>
      <form novalidate onSubmit=${rename} onInput=${forget}>
        <${Field} label="Nickname" name="nickname" error=${errors.nickname} defaultValue=${first} autocomplete="username" spellcheck="false" />
        <p class="error" role="alert">${errors.rest}</p>
        <p class="buttons">
          <button type="submit">Save</button>
          <button type="button" class="quiet" onClick=${onDone}>Cancel</button>
        </p>
      </form>
    <//>
  `;
}
