// A window in front of the page, as the browser has it: the rest waits, Escape closes it, the focus goes back.
import { html, useEffect, useRef } from "../html.js";

export function Dialog({ title, onClose, children }) {
  const dialog = useRef();
  useEffect(() => {
    const before = document.activeElement;
    const around = before.closest("[tabindex]");
    dialog.current.showModal();
    // If what had the focus is gone as well, what was around it is near enough.
    return () => setTimeout(() => (before.isConnected ? before : around)?.focus({ preventScroll: true }));
  }, []);
  return html`
    <dialog ref=${dialog} aria-labelledby="dialog-title" onClose=${onClose}>
      <h2 id="dialog-title">${title}</h2>
      ${children}
    </dialog>
  `;
}
