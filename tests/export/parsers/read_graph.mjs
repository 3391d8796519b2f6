// Reads a property graph, in the format that the argument names, by graphology's readers, and prints what they found.
import { readFileSync } from "node:fs";
import { MultiDirectedGraph } from "graphology";
import gexf from "graphology-gexf";
import graphml from "graphology-graphml";

const reader = { gexf, graphml }[process.argv[2]];
const options = process.argv[2] === "gexf" ? { addMissingNodes: false } : {};
const graph = reader.parse(MultiDirectedGraph, readFileSync(0, "utf8"), options);
process.stdout.write(JSON.stringify(graph.export()));
