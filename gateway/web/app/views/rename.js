// The window to take another nickname.
import { html, useState } from "../html.js";
import { loadPerson } from "../people.js";
import { asMyself } from "../session.js";
import { Dialog } from "./dialog.js";
import { errorsOf, Field, focusWrong } from "./field.js";

export function Rename({ me, onDone }) {
  const [errors, setErrors] = useState({});
  const [first] = useState(me.nickname);

  async function rename(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const nickname = form.elements.nickname.value;
    try {
      await asMyself("PUT", `/users/${me.id}`, { json: { nickname } });
      await loadPerson(me.id);
      onDone();
    } catch (problem) {
      const found = errorsOf(problem, ["nickname"]);
      setErrors(found);
      focusWrong(form, found);
    }
  }

  return html`
    <${Dialog} title="Change your nickname" onClose=${onDone}>
      <form novalidate onSubmit=${rename}>
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
