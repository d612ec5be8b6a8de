// Flack's REST API, as whoever is logged in.
//
// The token lives in sessionStorage: a reload keeps somebody logged in, while closing the tab forgets them, and neither
// other tabs nor the next visitor at this computer get it, as they would from localStorage. Script that runs in this
// page could take it from memory just as well; to keep strangers' script out is the sanitiser's and the CSP's task.
const KEY = "flack.session";
const listeners = [];

/** `{token, nickname}` of who is logged in, else null. */
export let session = JSON.parse(sessionStorage.getItem(KEY));

export function call(method, path, json) {
  const used = session;
  return send(method, path, bearer(), json).catch((problem) => {
    if (problem.status === 401 && session === used) expireSession();
    throw problem;
  });
}

export const register = (nickname, password) => send("POST", "/users", {}, { nickname, password });
export async function logIn(nickname, password) {
  const basic = base64(`${nickname}:${password}`);
  const { token } = await send("POST", "/tokens", { Authorization: `Basic ${basic}` });
  changeSession({ token, nickname });
}

/** Forget the token here even if the server cannot be told: the person may be about to walk away. */
export function logOut() {
  const headers = bearer();
  changeSession(null);
  send("DELETE", "/tokens", headers).catch(() => {});
}

export const expireSession = () => session && changeSession(null, "Your session has ended. Please log in again.");
export const onSession = (listener) => listeners.push(listener);
const bearer = () => (session ? { Authorization: `Bearer ${session.token}` } : {});

function changeSession(next, notice = "") {
  session = next;
  if (next) sessionStorage.setItem(KEY, JSON.stringify(next));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener(notice);
}

async function send(method, path, headers, json) {
  if (json) headers["Content-Type"] = "application/json";
  const options = { method, headers, body: JSON.stringify(json), credentials: "omit", cache: "no-cache" };
  const response = await fetch(`/api/v1${path}`, options).catch(() => {
    throw problemOf({ status: 0, detail: "Flack cannot be reached. Please try again." });
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw problemOf({ title: response.statusText, ...answer, status: response.status });
  return answer;
}

/** What the server says to a mistake (RFC 9457); `status` is 0 when it does not answer at all. */
const problemOf = ({ status, detail, title, errors = [] }) => Object.assign(new Error(detail ?? title), { status, errors });

/** btoa knows only Latin-1; nicknames and passwords are Unicode. */
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
