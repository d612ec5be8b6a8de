// Flack's web client: begins to follow what happens, and draws it.
import { open } from "./connection.js";
import { html, render } from "./html.js";
import { noteReading } from "./reading.js";
import { follow } from "./sync.js";
import { App } from "./views/app.js";

noteReading();
follow();
open();
render(html`<${App} />`, document.body);
