// Requests to the REST API: each has a deadline, and each failure is a Problem.

const API = "/api/v1";
const DEADLINE_MS = 15_000;

/**
 * Why something was not done (RFC 9457): `status` as in HTTP, or 0 when no answer came; `type` tells the reasons apart,
 * `message` is for people, `errors` has `{field, detail}` for each field that is wrong.
 */
export class Problem extends Error {
  constructor({ status = 0, type = "about:blank", title = "Something went wrong.", detail, errors = [] }) {
    super(detail ?? title);
    Object.assign(this, { status, type, errors });
  }
}

/** Return the JSON that *method* on *path* answers, null if there is none; *token* says who asks. */
export async function request(method, path, { json, headers = {}, token, deadlineMs = DEADLINE_MS } = {}) {
  if (json) headers = { ...headers, "Content-Type": "application/json" };
  if (token) headers = { ...headers, Authorization: `Bearer ${token}` };
  const response = await fetch(API + path, {
    method,
    headers,
    body: json && JSON.stringify(json),
    credentials: "omit",
    cache: "no-cache",
    signal: AbortSignal.timeout(deadlineMs),
  }).catch(unreachable);
  const answer = await response.json().catch((error) => (error instanceof SyntaxError ? null : unreachable()));
  if (!response.ok) throw new Problem({ title: response.statusText, ...answer, status: response.status });
  if (answer === null && response.status !== 204) unreachable(); // something else has answered
  return answer;
}

function unreachable() {
  throw new Problem({ detail: "Flack cannot be reached. Please try again." });
}
