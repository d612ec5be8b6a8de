// Puts together what the gateway serves: `node assemble.mjs SOURCE NODE_MODULES TARGET`.
//
// SOURCE is our own; its package.json says which files of others (below NODE_MODULES) belong where. The client's own folder,
// `app`, gets a name that tells its contents, so that browsers may keep it for ever; index.html leads to it. Its modules stay
// modules, with the names that they have, but without comments and spaces; beside each file there is one that is compressed.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";

const NOT_SERVED = /^(package.*\.json|node_modules|\..*)$/;
const [source, modules, target] = process.argv.slice(2);
const { minify } = createRequire(resolve(modules, "-"))("terser");
const { vendor } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")).flack;

cpSync(source, target, { recursive: true, filter: (path) => path === source || !NOT_SERVED.test(basename(path)) });
for (const [file, place] of Object.entries(vendor)) {
  mkdirSync(dirname(join(target, place)), { recursive: true });
  writeFileSync(join(target, place), asBrowsersNeedIt(place, readFileSync(join(modules, file))));
}

const files = readdirSync(join(target, "app"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const paths = files.map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
for (const path of paths) if (path.endsWith(".js")) writeFileSync(path, await withoutRemarks(readFileSync(path, "utf8")));
const digest = createHash("sha256");
for (const path of paths) digest.update(path.slice(target.length)).update(readFileSync(path));
for (const path of paths) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: constants.Z_BEST_COMPRESSION }));
const versioned = `app-${digest.digest("hex").slice(0, 16)}`;
renameSync(join(target, "app"), join(target, versioned));
const index = join(target, "index.html");
writeFileSync(index, readFileSync(index, "utf8").replaceAll('"/app/', `"/${versioned}/`));

async function withoutRemarks(script) {
  return (await minify(script, { module: true, compress: false, mangle: false })).code;
}

/** Without a map of names, which the content security policy would not let the page have, modules find others by their path. */
function asBrowsersNeedIt(place, content) {
  const text = () => content.toString().replaceAll(/from ?"preact"/g, 'from"./preact.js"').replaceAll(/^\/\/# sourceMappingURL=.*$/gm, "");
  return place.startsWith("app/vendor/") && place.endsWith(".js") ? text() : content;
}
