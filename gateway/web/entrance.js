// The form to register and to log in.
import { logIn, onSession, register } from "./api.js";

const [form, error] = ["entrance", "entrance-error"].map((id) => document.getElementById(id));

export function openEntrance() {
  onSession((notice) => (error.textContent = notice));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    showProblem({ message: "", errors: [] });
    await enter(event.submitter?.value).catch(showProblem);
    form.ariaBusy = "false";
  });
}

async function enter(how) {
  const { nickname, password } = Object.fromEntries(new FormData(form));
  if (how === "register") await register(nickname, password);
  await logIn(nickname, password);
  form.reset();
}

/** Show what is wrong with a field beneath it, all else beneath the form. */
function showProblem({ message, errors }) {
  const wrong = ["nickname", "password"].filter((name) => {
    const detail = errors.find(({ field }) => field === name)?.detail ?? "";
    document.getElementById(`${name}-error`).textContent = detail;
    form.elements[name].ariaInvalid = String(detail !== "");
    return detail;
  });
  error.textContent = wrong.length ? "" : message;
  form.elements[wrong[0]]?.focus();
}
