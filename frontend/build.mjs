// Bundles each page's script, and writes beside them the licences of the packages that they hold.
import { build } from "esbuild";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const bundles = join(here, "..", "server", "static", "bundles");

await rm(bundles, { recursive: true, force: true });
const options = {
  absWorkingDir: here,
  outdir: bundles,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  metafile: true,
};
const made = await Promise.all([
  // The editor is loaded when it is needed, and shares what the page's script has; split, all pages would share small chunks.
  build({ ...options, entryPoints: { sparql: "src/sparql/main.ts" }, splitting: true }),
  build({
    ...options,
    entryPoints: {
      network: "src/network/main.ts",
      timeline: "src/timeline/main.ts",
      article: "src/article/main.ts",
      question: "src/question/main.ts",
      cite: "src/cite/main.ts",
      collect: "src/collect/main.ts",
      menu: "src/common/menu.ts",
      layout: "src/common/layout.worker.ts",
    },
  }),
]);
await writeFile(join(bundles, "LICENSES.txt"), await licences(made.flatMap(({ metafile }) => Object.keys(metafile.inputs))));

async function licences(inputs) {
  const packages = new Set(inputs.map(packageOf).filter(Boolean));
  const texts = await Promise.all([...packages].sort().map(licence));
  return texts.join("\n");
}

function packageOf(input) {
  return input.match(/^node_modules\/(@[^/]+\/[^/]+|[^/]+)/)?.[1];
}

async function licence(name) {
  const folder = join(here, "node_modules", name);
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file) throw new Error(`The package ${name} has no licence file: expected one in ${folder}.`);
  return `${name} ${version}\n\n${await readFile(join(folder, file), "utf8")}`;
}
