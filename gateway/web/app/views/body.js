// What somebody wrote, as the server rendered it, and what its links lead to.
import { html, useEffect, useLayoutEffect, useRef, useState } from "../html.js";

const MAX_CARDS = 5;
const LOOKING_MS = 12_000; // for so long the server may still look at what is linked to
const REL = "noopener noreferrer nofollow ugc";

export function Body({ message }) {
  const { html: markup, previews } = message;
  return html`
    <${Markup} markup=${markup} cards=${previews.length} class="body" />
    <${Cards} message=${message} />
  `;
}

/** What the server made of Markdown, without the last *cards* of it. */
export function Markup({ markup, cards = 0, ...attributes }) {
  const element = useRef();
  useLayoutEffect(() => element.current.replaceChildren(contentOf(markup, cards)), [markup]);
  return html`<div ref=${element} ...${attributes}></div>`;
}

/** Return *markup* as elements. The server promises that it is safe to insert; nothing else ever is as HTML. */
function contentOf(markup, cards) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: markup });
  // They stand at the end of it, for clients that show nothing else.
  for (let left = cards; left > 0; left--) content.lastElementChild?.remove();
  for (const link of content.querySelectorAll("a")) link.target = "_blank";
  for (const wide of content.querySelectorAll("pre, table")) makeScrollable(wide);
  level(content.querySelectorAll("h1, h2, h3, h4, h5, h6"));
  return content;
}

/** What is wider than the page is scrolled within its own frame, by keyboard too. */
function makeScrollable(wide) {
  const ariaLabel = wide.matches("pre") ? "Code" : "Table";
  const frame = Object.assign(document.createElement("div"), { className: "wide", tabIndex: 0, role: "group", ariaLabel });
  wide.replaceWith(frame);
  frame.append(wide);
}

/** To who cannot see them, headings are below the page's own, and leave out no level, whatever people wrote. */
function level(headings) {
  let last = 1;
  for (const heading of headings) heading.ariaLevel = last = Math.min(Number(heading.localName[1]) + 1, last + 1);
}

/** A card for each link that was looked at; the room for them is kept while that goes on. */
function Cards({ message }) {
  const { previews } = message;
  const awaited = useAwaited(message);
  if (!previews.length && !awaited.length) return null;
  const cards = previews.map((preview) => html`<${Card} key=${preview.url} ...${preview} />`);
  return html`
    <ul class="cards" aria-label="Links" aria-busy=${String(!cards.length)}>
      ${cards.length ? cards : awaited.map((url) => html`<li class="card awaited"><p class="hint">${url}</p></li>`)}
    </ul>
  `;
}

/** The links that the server is probably looking at right now. */
function useAwaited({ html: markup, previews, status, updated_at: updatedAt }) {
  const until = status === "rendered" && !previews.length ? updatedAt * 1000 + LOOKING_MS : 0;
  const left = Math.min(until - Date.now(), LOOKING_MS); // clocks differ
  const [, redraw] = useState(0);
  useEffect(() => {
    const over = left > 0 && setTimeout(redraw, left, markup);
    return () => clearTimeout(over);
  }, [markup]);
  return left > 0 ? linksIn(markup).slice(0, MAX_CARDS) : [];
}

function linksIn(markup) {
  const { content } = Object.assign(document.createElement("template"), { innerHTML: markup });
  return [...content.querySelectorAll('a[href^="http"]')].map((link) => link.href);
}

function Card({ url, title, description, site_name: site }) {
  return html`
    <li class="card">
      <a href=${/^https?:/i.test(url) ? url : undefined} target="_blank" rel=${REL}>${title || url}</a>
      <p>${description}</p>
      <p class="hint">${site}</p>
    </li>
  `;
}
