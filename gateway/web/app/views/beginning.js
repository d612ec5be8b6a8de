// The upper end of the messages: whoever comes near it has older ones loaded.
import { html, useEffect, useRef, useState } from "../html.js";
import { canReachBack, loadOlder, messages, reach } from "../messages.js";
import { useObservable } from "../observable.js";
import { loadAuthors } from "../people.js";

const NEAR = "800px 0px 0px";
const RETRY_MS = 3000;

export function Beginning({ log, isEmpty }) {
  const end = useRef();
  const { from, isAll } = useObservable(reach);
  const [failures, setFailures] = useState(0);

  useEffect(() => {
    if (isEmpty || !canReachBack()) return undefined;
    const retry = () => setTimeout(setFailures, RETRY_MS, failures + 1);
    const load = () => loadOlder().then(() => loadAuthors(messages.get()), retry);
    return whenSeen(end.current, log.current, load);
  }, [from, isEmpty, failures]);

  return html`<p ref=${end} class="beginning hint">${textOf(isEmpty, isAll)}</p>`;
}

function textOf(isEmpty, isAll) {
  if (isEmpty) return isAll && "Nothing has been said yet.";
  if (isAll) return "This is where it all began.";
  return canReachBack() ? "Loading…" : "This page goes no further back.";
}

/** Call *then* once *element* is near what *frame* shows; return what calls that off. */
function whenSeen(element, frame, then) {
  const watch = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      watch.disconnect();
      then();
    },
    { root: frame, rootMargin: NEAR },
  );
  watch.observe(element);
  return () => watch.disconnect();
}
