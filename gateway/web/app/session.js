// Who is logged in, in all tabs of this browser.
//
// Both tokens lie in localStorage, so that people stay logged in. Script of a stranger could read them there; it could as
// well ask for whatever it wants from within the page, so what keeps it out is what counts: the renderer's sanitiser and a
// content security policy that runs no script but ours. What is taken does not last: an access token ends within the hour,
// and a refresh token works once. Used twice, it ends the session for both who hold it. Logging out ends it on the server.
import { observable } from "./observable.js";
import { request } from "./requests.js";

const KEY = "flack.session";
const RENEWAL_MS = 4000; // an answer that got lost can be asked for once more, for 10 s
const RENEWED_AFTER = [0.7, 0.8]; // of its time: each tab at another moment, so that mostly one of them does it

/** `{token, refreshToken, renewAt, me: {id, nickname}}`, or null. */
export const session = observable(JSON.parse(localStorage.getItem(KEY)));
/** Why the last one ended, for whoever looks at the entrance. */
export const farewell = observable("");

export const register = (nickname, password) => request("POST", "/users", { json: { nickname, password } });

export async function logIn(nickname, password) {
  const headers = { Authorization: `Basic ${base64(`${nickname}:${password}`)}` };
  const pair = await request("POST", "/tokens", { headers });
  const { id, nickname: spelled } = await request("GET", "/users/me", { token: pair.token });
  farewell.set("");
  keep({ ...tokensOf(pair), me: { id, nickname: spelled } });
}

/** Forget the tokens at once, even if the server cannot be told: whoever logs out may be about to walk away. */
export function logOut() {
  const ended = session.get();
  keep(null);
  endOnServer(ended).catch(() => {}); // it ends by itself after a while
}

/** Do what *call* does, as whoever is logged in; if their token has run out meanwhile, once more with another. */
export async function asMyself(method, path, options) {
  const used = session.get();
  try {
    return await request(method, path, { ...options, token: used?.token });
  } catch (problem) {
    if (problem.status !== 401 || !used || !(await renew(used))) throw problem;
    return request(method, path, { ...options, token: session.get().token });
  }
}

/** Return whether whoever was logged in as *used* still is, with another token. */
export function renew(used) {
  renewing ??= renewOnce(used).finally(() => (renewing = null));
  return renewing;
}
let renewing = null;

async function renewOnce(used) {
  const current = kept();
  session.set(current);
  if (current?.token !== used.token) return current?.me.id === used.me.id; // another tab has been here
  try {
    const json = { refresh_token: used.refreshToken };
    const pair = await request("PUT", "/tokens", { json, deadlineMs: RENEWAL_MS });
    if (session.get() !== current) return session.get()?.me.id === used.me.id; // another tab was faster, or logged out
    keep({ ...current, ...tokensOf(pair) });
    return true;
  } catch (problem) {
    if (problem.status !== 400 && problem.status !== 401) throw problem;
    farewell.set("Your session has ended. Please log in again.");
    keep(null);
    return false;
  }
}

async function endOnServer({ token, refreshToken }) {
  try {
    await request("DELETE", "/tokens", { token });
  } catch (problem) {
    if (problem.status !== 401) throw problem;
    const pair = await request("PUT", "/tokens", { json: { refresh_token: refreshToken } });
    await request("DELETE", "/tokens", { token: pair.token });
  }
}

function tokensOf({ token, refresh_token: refreshToken, expires_in: seconds }) {
  const [from, to] = RENEWED_AFTER;
  const share = from + (to - from) * Math.random();
  return { token, refreshToken, renewAt: Date.now() + seconds * 1000 * share };
}

function keep(next) {
  if (next) localStorage.setItem(KEY, JSON.stringify(next));
  else localStorage.removeItem(KEY);
  session.set(next);
}

function kept() {
  const text = localStorage.getItem(KEY);
  // The same object as long as it is the same session.
  return text === JSON.stringify(session.get()) ? session.get() : JSON.parse(text);
}

/** btoa knows only Latin-1; nicknames and passwords are Unicode. */
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// What other tabs do.
addEventListener("storage", ({ key }) => {
  if (key !== KEY && key !== null) return;
  const next = kept();
  farewell.set(next ? "" : "You have been logged out.");
  session.set(next);
});

// Ahead of time, so that nobody goes offline for a moment.
setInterval(() => {
  const used = session.get();
  if (used && Date.now() > used.renewAt) renew(used).catch(() => {}); // soon tried again
}, 5000);
