// The form to register and to log in.
import { html, useState } from "../html.js";
import { useObservable } from "../observable.js";
import { farewell, logIn, register } from "../session.js";
import { errorsOf, Field, focusWrong } from "./field.js";

const NAMES = ["nickname", "password"];

export function Entrance() {
  const [errors, setErrors] = useState({});
  const [isBusy, setBusy] = useState(false);
  const notice = useObservable(farewell);

  async function enter(event) {
    event.preventDefault();
    if (isBusy) return;
    const form = event.currentTarget;
    const isNew = event.submitter?.value === "register";
    setBusy(true);
    await enterAs(Object.fromEntries(new FormData(form)), isNew).catch((problem) => {
      const found = problem.status === 401 ? { password: problem.message } : errorsOf(problem, NAMES);
      setErrors(found);
      focusWrong(form, found);
    });
    setBusy(false);
  }

  return html`
    <form class="entrance" aria-labelledby="entrance-title" aria-busy=${String(isBusy)} novalidate onSubmit=${enter}>
      <h2 id="entrance-title">Join in</h2>
      <p class="hint">Log in to post, or register with any nickname that is still free.</p>
      <${Field} label="Nickname" name="nickname" error=${errors.nickname} autocomplete="username" autocapitalize="none" spellcheck="false" />
      <${Field} label="Password" name="password" error=${errors.password} type="password" autocomplete="current-password" />
      <p class="buttons">
        <button type="submit" value="log-in">Log in</button>
        <button type="submit" value="register" class="quiet">Register</button>
      </p>
      <p class="error" role="alert">${errors.rest || notice}</p>
    </form>
  `;
}

export const focusEntrance = () => document.getElementById(NAMES[0])?.focus();

async function enterAs({ nickname, password }, isNew) {
  if (isNew) await register(nickname, password);
  await logIn(nickname, password);
}
