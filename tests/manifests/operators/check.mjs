// Says what operators would find wrong with their resources, given as JSON: an array in, an array of complaints out.
//   node check.mjs NODE_MODULES < RESOURCES
//
// A field that nobody knows is told by TypeScript, as a literal has it that no type has; what types cannot say (patterns,
// bounds) by the models themselves.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const MODELS = {
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api",
  "keda.sh": "@kubernetes-models/keda",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator",
  "postgresql.cnpg.io": "@kubernetes-models/cloudnative-pg",
};

const modules = resolve(process.argv[2]);
const ts = createRequire(join(modules, "any.js"))("typescript");

const nameOf = (resource) => `${resource.kind} ${resource.metadata.name}`;

function modelOf({ apiVersion, kind }) {
  const models = MODELS[apiVersion.split("/")[0]];
  if (models === undefined) throw new Error(`no schema of ${apiVersion}`);
  return `${models}/${apiVersion}/${kind}`;
}

/** One module a resource, so that a complaint tells whose it is. */
function typeComplaints(resources) {
  const texts = new Map(
    resources.map((resource, at) => [
      join(modules, `../resource-${at}.ts`),
      `import { type I${resource.kind} } from "${modelOf(resource)}";\nexport const resource: I${resource.kind} = ${JSON.stringify(resource)};\n`,
    ]),
  );
  const options = { strict: true, noEmit: true, skipLibCheck: true, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.getSourceFile = (name, version, ...rest) =>
    texts.has(name) ? ts.createSourceFile(name, texts.get(name), version) : getSourceFile(name, version, ...rest);
  const names = [...texts.keys()];
  return ts.getPreEmitDiagnostics(ts.createProgram(names, options, host)).map(({ file, messageText }) => {
    const whose = file ? nameOf(resources[names.indexOf(file.fileName)]) : "";
    return `${whose}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

async function valueComplaints(resource) {
  const path = join(modules, `${modelOf(resource)}.js`);
  const { [resource.kind]: Model } = await import(pathToFileURL(path));
  try {
    new Model(resource).validate();
    return [];
  } catch (error) {
    return [`${nameOf(resource)}: ${error.message}`];
  }
}

const resources = JSON.parse(readFileSync(0, "utf8"));
const complaints = [...typeComplaints(resources), ...(await Promise.all(resources.map(valueComplaints))).flat()];
process.stdout.write(JSON.stringify(complaints));
