// Where in a query the cursor stands: subject, predicate or object, of what, and which classes are known of it.

/** What is to be written at a place of a query; `other` where that is no term of a triple. */
export type Slot = "subject" | "predicate" | "object" | "end" | "other";

export interface Position {
  slot: Slot;
  /** The subject and the predicate that stand before, as they are written; empty where there is none. */
  subject: string;
  predicate: string;
  /** Whether the predicate is a path that leads away from the subject. */
  isPath: boolean;
  /** The step before the last of such a path, where it is a property read forwards. */
  step: string;
}

/** A token of a query, and where it begins. */
export interface Token {
  kind: "comment" | "iri" | "string" | "variable" | "name" | "word" | "mark";
  text: string;
  from: number;
}

/** What a query says of its subjects: the classes that they have, and the predicates that are written of them. */
export interface Mentions {
  classes: Map<string, Set<string>>;
  predicates: Map<string, Set<string>>;
  /** The predicates whose objects they are. */
  objectOf: Map<string, Set<string>>;
}

const KINDS = ["comment", "iri", "string", "variable", "name", "word", "mark"] as const;
const TOKEN = new RegExp(
  [
    String.raw`(#[^\n]*)`,
    String.raw`(<[^<>"{}|^\`\\\s]*>)`,
    String.raw`("""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)`,
    String.raw`([?$]\w+)`,
    String.raw`([\w-]*:(?:[\w%:-]|\\.|\.(?=[\w%:-]))*)`,
    String.raw`(@?[\w.]*\w)`,
    String.raw`(\S)`,
  ].join("|"),
  "g",
);
/** Words after which no triples follow before the next brace. */
const CLAUSES = /^(?:select|construct|ask|describe|where|from|named|prefix|base|group|order|by|having|limit|offset|graph|service|values|filter|bind|with|insert|delete)$/i;

/** Return the tokens of a query. */
export function tokens(text: string): Token[] {
  return [...text.matchAll(TOKEN)].map((match) => {
    const index = match.slice(1).findIndex((part) => part !== undefined);
    return { kind: KINDS[index]!, text: match[0], from: match.index };
  });
}

/** The triples that are being written between one pair of brackets. */
interface Frame extends Position {
  bracket: string;
  /** Whether the step being written is read backwards. */
  isInverse: boolean;
}

/** Return where the end of a text stands, and what the text says of its subjects. */
export function read(text: string): Position & Mentions {
  const reader = new Reader();
  for (const token of tokens(text)) if (token.kind !== "comment") reader.take(token);
  const { slot, subject, predicate, isPath, step } = reader.frame;
  return { slot, subject, predicate, isPath, step, classes: reader.classes, predicates: reader.predicates, objectOf: reader.objectOf };
}

class Reader implements Mentions {
  readonly classes = new Map<string, Set<string>>();
  readonly predicates = new Map<string, Set<string>>();
  readonly objectOf = new Map<string, Set<string>>();
  private readonly frames: Frame[] = [{ bracket: "", slot: "other", subject: "", predicate: "", isPath: false, isInverse: false, step: "" }];
  private values = false;
  private blanks = 0;

  get frame(): Frame {
    return this.frames.at(-1)!;
  }

  take({ kind, text }: Token): void {
    if (kind === "mark") this.mark(text);
    else if (kind === "word" && text !== "a" && !/^(?:true|false|[\d.]+|@.*)$/.test(text)) this.word(text);
    else if (!text.startsWith("@") && this.frame.slot !== "other") this.term(text);
  }

  private word(text: string): void {
    this.values = /^values$/i.test(text);
    if (this.frame.bracket === "{") this.frame.slot = CLAUSES.test(text) ? "other" : "subject";
  }

  private mark(text: string): void {
    const { frame } = this;
    if (".;".includes(text)) Object.assign(frame, { isPath: false, isInverse: false, step: "" });
    if ("/^".includes(text)) frame.isPath = true;
    if ("/|^".includes(text)) {
      frame.step = text === "/" && frame.slot === "object" && !frame.isInverse ? frame.predicate : "";
      frame.isInverse = text === "^";
    }
    if (text === "{") this.open(text, this.values ? "other" : "subject");
    else if (text === "[") this.open(text, "predicate", `[${(this.blanks += 1)}`);
    else if (text === "(") this.open(text, frame.slot === "predicate" ? "predicate" : "other", frame.subject);
    else if ("}])".includes(text)) this.close();
    else if (text === "." && frame.slot !== "other") frame.slot = "subject";
    else if (text === ";" && frame.slot !== "other") frame.slot = "predicate";
    else if (text === "," && frame.slot === "end") frame.slot = "object";
    else if ("/|^".includes(text) && frame.slot === "object") frame.slot = "predicate";
  }

  private open(bracket: string, slot: Slot, subject = ""): void {
    this.values = false;
    this.frames.push({ bracket, slot, subject, predicate: "", isPath: false, isInverse: false, step: "" });
  }

  private close(): void {
    if (this.frames.length === 1) return;
    const { bracket, subject, predicate, isPath } = this.frames.pop()!;
    const { frame } = this;
    if (bracket === "(") frame.isPath ||= isPath;
    if (bracket === "{") frame.slot = frame.bracket === "{" ? "subject" : "other";
    else if (bracket === "(" && frame.slot === "predicate") this.term(predicate);
    else if (frame.bracket === "{" && frame.slot === "other") frame.slot = "subject";
    else if (frame.slot !== "other") this.term(subject);
  }

  private term(text: string): void {
    const { frame } = this;
    if (frame.slot === "predicate") {
      Object.assign(frame, { slot: "object", predicate: text });
      if (frame.subject && !frame.isPath) added(this.predicates, frame.subject, text);
    } else if (frame.slot === "object") {
      if (frame.predicate === "a") added(this.classes, frame.subject, text);
      if (!frame.isPath) added(this.objectOf, text, frame.predicate);
      frame.slot = "end";
    } else Object.assign(frame, { slot: "predicate", subject: text, predicate: "" });
  }
}

function added(sets: Map<string, Set<string>>, key: string, value: string): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(value));
}
