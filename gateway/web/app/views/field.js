// One field of a form, and what is wrong with it beside it.
import { html } from "../html.js";

export function Field({ label, name, error, ...input }) {
  return html`
    <div class="field">
      <label for=${name}>${label}</label>
      <input id=${name} name=${name} aria-invalid=${String(Boolean(error))} aria-describedby="${name}-error" ...${input} />
      <p id="${name}-error" class="error">${error}</p>
    </div>
  `;
}

/** What is wrong, by the name of the field; what is wrong with none of *names* is in `rest`. */
export function errorsOf(problem, names) {
  const errors = { rest: "" };
  for (const { field, detail } of problem.errors) if (names.includes(field)) errors[field] ??= detail;
  if (problem.type.endsWith("nickname-taken")) errors.nickname = problem.message;
  if (!names.some((name) => errors[name])) errors.rest = problem.message;
  return errors;
}

/** Let whoever cannot see it find the first field that is wrong. */
export function focusWrong(form, errors) {
  [...form.elements].find(({ name }) => name && errors[name])?.focus();
}
