// One field of a form, and what is wrong with it beside it.
import { html, useState } from "../html.js";

export function Field({ label, name, error, ...input }) {
  return html`
    <div class="field">
      <label for=${name}>${label}</label>
      <input id=${name} name=${name} aria-invalid=${String(Boolean(error))} aria-describedby="${name}-error" ...${input} />
      <p id="${name}-error" class="error">${error}</p>
    </div>
  `;
}

const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;

/** What is wrong with a form, and what sets it; `forget` is for its `onInput`: what is being changed is wrong no longer. */
export function useErrors() {
  const [errors, setErrors] = useState({});
  const forget = ({ target }) => setErrors((known) => ({ ...known, [target.name]: "" }));
  const tell = (form, found) => {
    setErrors(found);
    // Whoever cannot see it finds the first field that is wrong.
    [...form.elements].find(({ name }) => name && found[name])?.focus();
  };
  return { errors, forget, tell };
}

/** What is wrong, by the name of the field; what is wrong with none of *names* is in `rest`. */
export function errorsOf(problem, names) {
  const errors = { rest: "" };
  for (const { field, detail } of problem.errors) if (names.includes(field)) errors[field] ??= sentence(detail);
  if (problem.type.endsWith("nickname-taken")) errors.nickname = problem.message;
  if (!names.some((name) => errors[name])) errors.rest = problem.message;
  return errors;
}
