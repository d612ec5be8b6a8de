// The box to post from.
import { call } from "./api.js";
import { showMessages } from "./messages.js";

const [form, box, error] = ["composer", "source", "composer-error"].map((id) => document.getElementById(id));
let queue = Promise.resolve();

export function openComposer() {
  box.addEventListener("keydown", (event) => {
    // The Enter that completes a Japanese or Chinese word sends nothing.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const source = box.value;
    if (!source.trim()) return;
    box.value = "";
    queue = queue.then(() => post(source)); // in the order in which they were written
  });
}

async function post(source) {
  try {
    showMessages([await call("POST", "/messages", { source })]);
    error.textContent = "";
  } catch (problem) {
    error.textContent = problem.message;
    box.value = [source, box.value].filter(Boolean).join("\n"); // nothing that was written is lost
  }
}
