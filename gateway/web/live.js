// Keeps the page up to date: the lists are fetched at each (re)connection, so that nothing is missed; the rest is pushed.
import { io } from "/vendor/socket.io.esm.min.js";
import { call, expireSession, onSession, session } from "./api.js";
import { MAX_SHOWN, showMessages } from "./messages.js";
import { showUsers } from "./people.js";

const NEWEST = `before=${Number.MAX_SAFE_INTEGER}&limit=${MAX_SHOWN}`; // the history before whatever comes next
const RETRY_MS = 2000;
const SETTLED_MS = 3000; // nobody in particular may be answered with what was true up to three seconds ago

/** Connect; *onState* hears "live", "lost", or "refused" when only a login can help. */
export function goLive(onState) {
  const auth = (give) => give(session ? { token: session.token } : {});
  const socket = io({ auth, transports: ["websocket", "polling"], tryAllTransports: true });

  onSession(() => socket.disconnect().connect()); // as somebody else
  socket.on("updated_model", ({ class: kind, model }) => (kind === "User" ? showUsers : showMessages)([model]));
  socket.on("expired_token", expireSession);
  socket.on("connect", () => {
    onState("live");
    catchUp(socket);
    if (!session) setTimeout(catchUp, SETTLED_MS, socket);
  });
  socket.on("disconnect", (reason) => {
    if (reason === "io client disconnect") return;
    onState("lost");
    if (!socket.active) setTimeout(() => socket.connect(), RETRY_MS * Math.random());
  });
  socket.on("connect_error", ({ data }) => {
    onState(socket.active || session ? "lost" : "refused");
    if (data?.status === 401) expireSession();
    else if (!socket.active) setTimeout(() => socket.connect(), RETRY_MS); // else Socket.IO itself tries again
  });
}

/** Fetch all users, first so that authors need not be asked for one by one, and the newest messages. */
function catchUp(socket) {
  const again = () => socket.connected && setTimeout(catchUp, RETRY_MS, socket);
  fetchUsers().then(fetchMessages).catch(again);
}

const fetchUsers = async () => showUsers((await call("GET", "/users?updated_since=1")).users);
const fetchMessages = async () => showMessages((await call("GET", `/messages?${NEWEST}`)).messages);
