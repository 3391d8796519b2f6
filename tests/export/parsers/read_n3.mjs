// Reads a document of the format that the first argument names by N3.js, and prints its N-Quads.
import { readFileSync } from "node:fs";
import { Parser, Writer } from "n3";

const quads = new Parser({ format: process.argv[2] }).parse(readFileSync(0, "utf8"));
const writer = new Writer({ format: "N-Quads" });
writer.addQuads(quads);
writer.end((error, text) => {
  if (error) throw error;
  process.stdout.write(text);
});
