// Reads a JSON-LD document from the standard input by two parsers, and prints the N-Quads of each as JSON.
import { readFileSync } from "node:fs";
import jsonld from "jsonld";
import { JsonLdParser } from "jsonld-streaming-parser";

function written(term) {
  if (term.termType === "NamedNode") return `<${term.value}>`;
  if (term.termType === "BlankNode") return `_:${term.value}`;
  if (term.termType === "DefaultGraph") return "";
  return JSON.stringify(term.value) + (term.language ? `@${term.language}` : `^^<${term.datatype.value}>`);
}

function streamed(text) {
  return new Promise((resolve, reject) => {
    const lines = [];
    const parser = new JsonLdParser();
    parser.on("data", ({ subject, predicate, object, graph }) => {
      lines.push(`${[subject, predicate, object, graph].map(written).join(" ")} .\n`);
    });
    parser.on("error", reject);
    parser.on("end", () => resolve(lines.join("")));
    parser.end(text);
  });
}

const text = readFileSync(0, "utf8");
const found = {
  "jsonld.js": await jsonld.toRDF(JSON.parse(text), { format: "application/n-quads" }),
  "jsonld-streaming-parser": await streamed(text),
};
process.stdout.write(JSON.stringify(found));
