// The form to register and to log in.
import { html, useState } from "../html.js";
import { useObservable } from "../observable.js";
import { farewell, logIn, register } from "../session.js";
import { errorsOf, Field, useErrors } from "./field.js";

const NAMES = ["nickname", "password"];
const MISSING = { nickname: "Please enter a nickname.", password: "Please enter a password." };

export function Entrance() {
  const { errors, forget, tell } = useErrors();
  const [isBusy, setBusy] = useState(false);
  const notice = useObservable(farewell);

  async function enter(event) {
    event.preventDefault();
    if (isBusy) return;
    const form = event.currentTarget;
    const isNew = event.submitter?.value === "register";
    const [nickname, password] = [form.elements.nickname.value.trim(), form.elements.password.value];
    if (!nickname || !password) return tell(form, missing({ nickname, password }));
    setBusy(true);
    await enterAs(nickname, password, isNew).catch((problem) => {
      const isWrong = problem.status === 401;
      tell(form, isWrong ? { password: `${problem.message} If you are new here, press Register.` } : errorsOf(problem, NAMES));
    });
    setBusy(false);
  }

  return html`
    <form class="entrance" aria-labelledby="entrance-title" aria-busy=${String(isBusy)} novalidate onSubmit=${enter} onInput=${forget}>
      <h2 id="entrance-title">Join in</h2>
      <p class="hint">Log in to post, or register with any nickname that is still free and a password of at least 8 characters.</p>
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

const missing = (given) => Object.fromEntries(NAMES.filter((name) => !given[name]).map((name) => [name, MISSING[name]]));

async function enterAs(nickname, password, isNew) {
  if (isNew) await register(nickname, password);
  await logIn(nickname, password);
}
