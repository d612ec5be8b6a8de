// Says that the connection is lost, once it has been for longer than a moment.
import { connect, connection } from "../connection.js";
import { html, useEffect, useState } from "../html.js";
import { useObservable } from "../observable.js";

const MOMENT_MS = 1500;

export function Banner() {
  const { state } = useObservable(connection);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (state !== "lost") return undefined;
    const later = setTimeout(setLong, MOMENT_MS, true);
    return () => {
      clearTimeout(later);
      setLong(false);
    };
  }, [state]);
  return html`
    <div class="banner" role="alert">
      ${state === "refused" && html`<span>Log in to read along.</span>`}
      ${state === "lost" && isLong && html`<${Loss} />`}
    </div>
  `;
}

function Loss() {
  return html`
    <span>The connection is lost. Trying again…</span>
    <button type="button" class="quiet" onClick=${connect}>Try now</button>
  `;
}
