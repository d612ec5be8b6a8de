// Flack's web client: puts the parts of the page together.
import { logOut, onSession, session } from "./api.js";
import { openComposer } from "./composer.js";
import { openEntrance } from "./entrance.js";
import { goLive } from "./live.js";

const STATES = { live: "Live", lost: "The connection is lost. Trying again…", refused: "Log in to read along." };
const element = (id) => document.getElementById(id);
function showAccount() {
  element("account").hidden = element("composer").hidden = !session;
  element("entrance").hidden = Boolean(session);
  element("me").textContent = session?.nickname ?? "";
}

function showConnection(state) {
  const connection = element("connection");
  if (connection.dataset.state === state) return; // said once, not at each attempt
  connection.dataset.state = state;
  connection.textContent = STATES[state];
}

onSession(() => {
  showAccount();
  element(session ? "source" : "nickname").focus();
});
element("log-out").addEventListener("click", logOut);
showAccount();
openComposer();
openEntrance();
goLive(showConnection);
