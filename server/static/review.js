// The page of `kg review`: the article's text beside the items of its document. Each change is sent at once, and the
// server's answer is what is shown. Texts of the article and the document enter the page as text nodes only.

const main = document.querySelector("#main");
const name = main.dataset.name;
const byId = (id) => document.getElementById(id);
const POLL_MILLISECONDS = 3000;
const FAULTS_MILLISECONDS = 400;
const RELEASE_MILLISECONDS = 20;
const MAX_WORDS_SHOWN = 160;
const MODEL = "a language model";
const TYPING_MILLISECONDS = 1000;
const KEYS_OFF = "communique-review-keys-off";
const AGENTS = ["people", "organizations", "groups"];
const ENTITIES = [...AGENTS, "places"];
const SPOKEN_OF = ["people", "organizations", "groups", "places", "posts", "topics", "events", "scenarios"];
const PARTICIPATION = { people: "attendee", organizations: "participant", groups: "participant" };
const SECTIONS = [...SPOKEN_OF, "statements", "foretold"];
const SECTION_NAMES = {
  people: "person",
  organizations: "organization",
  groups: "group",
  places: "place",
  posts: "post",
  topics: "topic",
  voices: "voice",
  mentions: "mention",
  holdings: "who holds a post",
  events: "event",
  scenarios: "not reported to have happened",
  propositions: "what is said",
  statements: "statement",
  foretold: "foretold statement",
  links: "relation",
};
const LABELS = {
  source: "Source",
  act: "What the source did",
  polarity: "What is put forward",
  certainty: "Certainty",
  tense: "Tense",
  form: "Form",
  grade: "How the text supports it",
  gist: "What is said, in words of your own",
  relays: "Passes on the statement",
  at: "Passage",
  contentSpan: "What is said, in the text",
  sourceSpan: "The source, in the text",
  cueSpan: "The verb, in the text",
  mention: "Where it is named",
  name: "Name",
  kind: "Kind",
  voiceKind: "Kind of source",
  incumbent: "Who holds it",
  formerHolder: "Who no longer does",
  post: "Post",
  postName: "Post",
  type: "Type",
  status: "Status",
  place: "Place",
  when: "When, as 2011-10-20",
  participants: "Who took part",
  envisagedParticipants: "Who would take part",
  envisagedPlace: "Where it would be",
  statusBy: "It is planned, denied … in the statement",
  timeWords: "When, in words of the text",
  about: "What it is about",
  addressee: "To whom it is said",
  occasion: "The event at which it is said",
  onBehalfOf: "In whose name",
  toldBy: "Told in the statement",
  linkSubject: "From",
  linkPredicate: "Relation",
  linkObject: "To",
  prefLabel: "Name",
  section: "It is a",
  title: "Title",
  published: "Day of publication, as 2011-10-20",
  language: "Language of the text, as en or de",
};
const FIELDS = {
  article: ["title", "published", "language"],
  statements: ["source", "act", "gist", "polarity", "certainty", "tense", "form", "grade", "occasion", "toldBy", "relays", "about", "addressee", "onBehalfOf", "contentSpan", "sourceSpan", "cueSpan", "at"],
  people: ["name", "section", "voiceKind", "mention"],
  organizations: ["name", "section", "kind", "mention"],
  groups: ["name", "section", "kind", "mention"],
  places: ["name", "section", "kind", "mention"],
  posts: ["name"],
  holdings: ["incumbent", "formerHolder", "post", "at"],
  events: ["name", "type", "kind", "status", "place", "when", "participants", "about", "at"],
  scenarios: ["name", "kind", "status", "envisagedPlace", "timeWords", "statusBy", "envisagedParticipants", "about", "at"],
  propositions: ["gist", "about"],
  topics: ["prefLabel", "mention"],
  links: ["linkSubject", "linkPredicate", "linkObject", "grade", "at"],
};
const OPTIONAL = new Set(["relays", "place", "incumbent", "formerHolder", "kind", "envisagedPlace", "occasion"]);
const REFERENCES = { about: SPOKEN_OF, addressee: AGENTS, onBehalfOf: AGENTS, statusBy: ["statements"], toldBy: ["statements"] };
const PASSAGES = new Set(["at", "contentSpan", "sourceSpan", "cueSpan", "mention"]);

let state = null;
let terms = {};
let acts = {};
let relations = {};
let faults = [];
let points = [];
let current = "";
let selection = null;
let editing = null;
let busy = false;
let pressed = false;
let faultsTimer = 0;
let caret = null;
let choosing = null;
let typed = { list: null, letters: "", at: 0 };
const labels = new Map(); // of items that have gone too, since what others have done is told of them
let queue = Promise.resolve();

/** Carry out an action after those before it, so that no key is lost while a change is being saved. */
function enqueue(action) {
  queue = queue.then(action).catch((error) => say(error.message));
  return queue;
}

/** Wait while a button of the mouse or a finger is down: a click is lost if what it began on is drawn anew before it ends. */
async function pointerReleased() {
  while (pressed) await new Promise((resolve) => setTimeout(resolve, RELEASE_MILLISECONDS));
}

function notePointer(event) {
  pressed = event.buttons !== 0; // also of one that comes back after it was released outside the window
}

// Elements

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") made.addEventListener("click", value);
    else if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

function button(label, action, key = "") {
  const made = element("button", { type: "button", onclick: () => enqueue(action) }, label);
  if (key) {
    made.setAttribute("aria-keyshortcuts", key);
    made.append(element("kbd", { ariaHidden: "true" }, key));
  }
  return made;
}

const say = (sentence) => {
  byId("status").textContent = sentence;
};
const wordsOf = (start, end) => points.slice(start, end).join("");
const cut = (words) => (words.length > MAX_WORDS_SHOWN ? `${words.slice(0, MAX_WORDS_SHOWN)}…` : words);
const itemOf = (key) => state.items.find((item) => item.key === key);
const listed = (value) => (value === undefined || value === "" ? [] : Array.isArray(value) ? value : [value]);
const VOICES = { "voice/nobody": "nobody named", "voice/article": "the article" };
const inWords = (relation) => relation.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const wordsIn = (table, key) => (table && Object.hasOwn(table, key) ? table[key] : undefined);
const labelOf = (key) => itemOf(key)?.label ?? wordsIn(VOICES, key) ?? wordsIn(state.names, key) ?? labels.get(key) ?? key;
const conceptWords = (key, value) => wordsIn(wordsIn(terms, key), value);
const fieldName = (key) => wordsIn(LABELS, key) ?? inWords(key);

/** Return what a source did, in words, as in "said that something is not so". */
function actWords({ act = "", polarity = "" }) {
  const words = wordsIn(acts, act);
  return [words?.past_tense ?? act, wordsIn(words?.polarities, polarity)].filter(Boolean).join(" ");
}

/** Return words with what the document has for them as a title, if that is something else. */
function titled(words, written, tag = "bdi") {
  return element(tag, written && written !== words ? { title: written } : {}, words);
}

/** Return an item's values with what other items, or its proposition, say of it. */
function valuesOf(item) {
  const values = structuredClone(item.values);
  if (item.section !== "statements") return values;
  const proposition = listed(values.says).find((inner) => typeof inner === "object");
  const about = values.about ?? proposition?.about;
  const outer = state.items.filter((other) => listed(other.values.relays).includes(item.key)).map((other) => other.key);
  return { ...values, ...(about ? { about } : {}), ...(outer.length ? { toldBy: outer } : {}) };
}

function spansOf(value) {
  return listed(value).flatMap((written) => {
    const match = /^(\d+)-(\d+)$/.exec(written);
    return match ? [[Number(match[1]), Number(match[2])]] : [];
  });
}

// The server

async function ask(path, parameters = {}) {
  const response = await fetch(`${path}?${new URLSearchParams({ name, ...parameters })}`, { headers: { Accept: "application/json" } });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail);
  return answer;
}

async function post(path, body) {
  const response = await fetch(`${path}?${new URLSearchParams({ name })}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, answer: await response.json() };
}

async function load() {
  const loaded = await ask("/api/document");
  await pointerReleased();
  state = loaded;
  draw();
  lookForFaults();
}

/** Send a change; return whether it was made. */
async function change(body, confirmed = false) {
  busy = true;
  main.setAttribute("aria-busy", "true");
  try {
    const seen = Object.fromEntries((body.items ?? []).map((key) => [key, itemOf(key)?.digest ?? ""]));
    for (const key of listed(body.values?.toldBy)) seen[key] = itemOf(key)?.digest ?? "";
    if (body.into) seen[body.into] = itemOf(body.into)?.digest ?? "";
    const { status, answer } = await post("/api/change", { ...body, revision: state.revision, seen, confirmed });
    if (answer.consequences) {
      return await confirmChange(body, answer.consequences);
    }
    await pointerReleased();
    if (answer.revision) {
      state = answer;
      if (status === 200) editing = null;
      if (status === 200 && answer.changed?.length && itemOf(answer.changed.at(-1))) current = answer.changed.at(-1);
      draw();
      lookForFaults();
    }
    say(status === 200 ? saidOf(body, answer) : conflictOf(status, answer));
    return status === 200;
  } catch {
    say("The server does not answer. What was saved is safe; try this again when it runs.");
    return false;
  } finally {
    busy = false;
    main.removeAttribute("aria-busy");
  }
}

function saidOf(body, answer) {
  return `${DONE[body.action] ?? "Saved"}: ${namesOf(answer.changed ?? [])}`;
}

const DONE = { accept: "Accepted", reject: "Rejected", correct: "Corrected", add: "Added", merge: "Merged", identify: "The same", distinguish: "Another", move: "Corrected", undo: "Undone", redo: "Done again" };
const OTHERS_DID = { identify: "found to be the same", distinguish: "told apart", undo: "undid", redo: "did again", outside: "changed the file", "without-statement": "marked words without a statement" };
const namesOf = (keys) => cut([...new Set(keys.map((key) => (key === "article" ? "the article" : labelOf(key))))].join(", "));

/** Return what somebody else has done, as in "bob corrected: The bridge stays closed." */
function toldOf({ by, action, items }) {
  const done = OTHERS_DID[action] ?? DONE[action]?.toLowerCase() ?? action;
  return `${by || "Another program"} ${done}${items.length ? `: ${namesOf(items)}` : ""}`;
}

function conflictOf(status, answer) {
  if (status !== 409) return answer.detail;
  const changes = answer.changes.map(toldOf);
  const kept = editing ? " What you wrote is still in the form; save it again to put it in the place of theirs." : "";
  return `${answer.detail}${kept} ${changes.join("; ")}`;
}

async function poll() {
  try {
    if (busy || !state) return;
    const answer = await ask("/api/revision", { since: state.revision });
    if (busy || answer.revision === state.revision) return;
    const newer = await ask("/api/document");
    await pointerReleased();
    if (busy) return;
    state = newer;
    draw();
    lookForFaults();
    const last = answer.changes.at(-1);
    if (last) say(toldOf(last));
  } catch {
    say("The server does not answer. What was saved is safe.");
  }
}

function lookForFaults() {
  clearTimeout(faultsTimer);
  faultsTimer = setTimeout(async () => {
    const answer = await ask("/api/faults").catch(() => null);
    await pointerReleased();
    if (!answer || answer.revision !== state.revision) return;
    faults = answer.faults;
    drawItems();
    if (!editing) drawPanel();
    byId("publish").dataset.faults = String(faults.length);
    main.dataset.checked = answer.revision;
  }, FAULTS_MILLISECONDS);
}

// Drawing

function draw() {
  points = [...(state.text ?? "")];
  for (const { key, label } of state.items) labels.set(key, label);
  if (!itemOf(current)) current = (state.items.find((item) => item.needs_review) ?? state.items[0])?.key ?? "";
  byId("article-title").textContent = state.article.title || name;
  const left = state.items.filter((item) => item.needs_review).length;
  byId("progress").textContent = left ? `${left} of ${state.items.length} need review` : `All ${state.items.length} are reviewed`;
  byId("undo").disabled = !state.undo;
  byId("redo").disabled = !state.redo;
  main.dataset.revision = state.revision;
  drawText();
  drawItems();
  drawMissing();
  drawModel();
  if (!editing) drawPanel();
}

function drawText() {
  const container = byId("article-text");
  if (state.text === null) {
    container.replaceChildren(element("p", {}, "The text of this article is not at hand: start kg review with --sources."));
    return;
  }
  const edges = new Set([0, points.length]);
  const passages = state.items.flatMap((item) => item.passages.map((passage) => ({ ...passage, item })));
  for (const { start, end } of [...passages, ...state.missing]) edges.add(start).add(end);
  const gaps = [];
  const separator = /\n[ \t]*\n\s*/gu;
  for (const match of state.text.matchAll(separator)) {
    const start = [...state.text.slice(0, match.index)].length;
    gaps.push([start, start + [...match[0]].length]);
    edges.add(start).add(start + [...match[0]].length);
  }
  const sorted = [...edges].filter((edge) => edge <= points.length).sort((first, second) => first - second);
  const paragraphs = [element("p")];
  for (let index = 0; index + 1 < sorted.length; index++) {
    const [start, end] = [sorted[index], sorted[index + 1]];
    if (gaps.some(([from, to]) => start >= from && end <= to)) {
      if (paragraphs.at(-1).childNodes.length) paragraphs.push(element("p"));
      continue;
    }
    const here = passages.filter((passage) => passage.start <= start && end <= passage.end);
    const piece = element("span", {}, wordsOf(start, end));
    piece.dataset.start = String(start);
    if (here.length) piece.classList.add(here.some(({ item }) => item.needs_review) ? "needs" : "covered");
    if (state.missing.some((part) => part.start <= start && end <= part.end)) piece.classList.add("uncovered");
    for (const passage of here.filter(({ item }) => item.key === current)) piece.classList.add("current", passage.role);
    paragraphs.at(-1).append(piece);
  }
  const top = container.scrollTop;
  container.replaceChildren(...paragraphs.filter((paragraph) => paragraph.childNodes.length));
  container.scrollTop = top;
}

function drawItems() {
  byId("items").replaceChildren(
    ...state.items.map((item) => {
      const own = faults.filter((fault) => fault.item === item.key);
      const made = element("button", { type: "button", className: "item", onclick: () => enqueue(() => choose(item.key)) });
      made.dataset.item = item.key;
      if (item.needs_review) made.classList.add("needs");
      if (own.length) made.classList.add("faulty");
      if (item.key === current) made.setAttribute("aria-current", "true");
      const proposed = item.needs_review && item.rule.includes(MODEL) ? ["of a language model"] : [];
      const known = suggestionsOf(item.key).length ? ["maybe known"] : [];
      const states = [SECTION_NAMES[item.section], item.needs_review ? "needs review" : "reviewed", ...proposed, ...known, ...(own.length ? ["faulty"] : [])];
      const words = item.section === "statements" ? `${labelOf(item.values.source)} (${actWords(item.values)}): ${item.label}` : item.label;
      made.append(element("span", { className: "kind" }, `${states.join(" · ")} `), titled(cut(words), item.key));
      return element("li", {}, made);
    }),
  );
}

function drawMissing() {
  byId("missing-heading").textContent = `Not covered: ${state.missing.length}`;
  byId("missing").replaceChildren(
    ...state.missing.map((part) => {
      const made = element("button", { type: "button", className: "item", onclick: () => select(part.start, part.end, true) });
      made.append(element("span", { className: "kind" }, `${part.kind} `), element("bdi", {}, cut(wordsOf(part.start, part.end))));
      return element("li", {}, made);
    }),
  );
}

function drawPanel() {
  const item = itemOf(current);
  const general = faults.filter((fault) => !fault.item);
  const panel = byId("panel");
  panel.replaceChildren(...general.map((fault) => element("p", { className: "wrong" }, fault.sentence)));
  if (!item) return;
  const facts = element("dl");
  for (const [key, value] of Object.entries(valuesOf(item))) {
    if (["id", "says", "quotedRuns", "note"].includes(key)) continue;
    facts.append(titled(fieldName(key), key, "dt"), element("dd", {}, titled(shown(key, value), identifiersIn(key, value))));
  }
  panel.append(element("h3", {}, titled(cut(item.label), item.key)));
  if (item.needs_review) panel.append(element("p", { className: "muted" }, `Needs review. Found by: ${item.rule || "a draft"}${item.confidence ? `, with a confidence of ${item.confidence}` : ""}.`));
  if (item.needs_review && item.rule.includes(MODEL)) panel.append(element("p", { className: "model" }, item.rule === MODEL ? "A language model proposes this, and nobody has reviewed it." : "Rules and a language model propose this, and nobody has reviewed it."));
  panel.append(...suggestionsOf(item.key).map(suggestionBox));
  panel.append(...faults.filter((fault) => fault.item === item.key).map((fault) => element("p", { className: "wrong" }, `${LABELS[fault.key] ? `${LABELS[fault.key]}: ` : ""}${fault.sentence}`)));
  if (item.section === "statements") panel.append(chainOf(item.values, item.key));
  panel.append(facts, actionsOf(item));
}

const suggestionsOf = (key) => state.suggestions.filter((suggestion) => suggestion.own === key);

/** Return a suggested identity with its evidence, to be accepted or rejected. */
function suggestionBox(suggestion, index) {
  const { known, name: label, score, evidence } = suggestion;
  const box = element("section", { className: "suggestion", ariaLabel: `Maybe the same as ${label}` });
  box.append(element("p", {}, "Maybe the same as ", element("bdi", {}, cut(label)), element("span", { className: "muted" }, ` (${known}, ${score} of 100)`)));
  box.append(element("ul", {}, ...evidence.map((reason) => element("li", {}, element("bdi", {}, reason)))));
  box.append(element("p", { className: "button-row" }, button("The same", () => decide("identify", suggestion), index ? "" : "y"), button("Another", () => decide("distinguish", suggestion), index ? "" : "Shift+Y")));
  return box;
}

async function decide(action, suggestion = suggestionsOf(current)[0]) {
  if (!suggestion) return say("Nothing is suggested for this item.");
  const after = state.items.slice(state.items.findIndex((item) => item.key === suggestion.own) + 1).map((item) => item.key);
  const made = await change({ action, items: [suggestion.own], into: suggestion.known });
  if (made && !itemOf(suggestion.own)) choose(itemOf(`mentions/${suggestion.known}`) ? `mentions/${suggestion.known}` : after.find((key) => itemOf(key)), true);
}

function drawModel() {
  const { model } = state;
  byId("model").hidden = !model;
  if (!model) return;
  const sent = model.address ? `The whole text was sent to the language model at ${model.address} for this draft. ` : "";
  byId("model").textContent = `${sent}${model.items} of the items that need review are proposed by a language model; nobody has reviewed them.`;
}

function shown(key, value) {
  if (PASSAGES.has(key)) return spansOf(value).map(([start, end]) => `“${cut(wordsOf(start, end))}”`).join(" ");
  if (key === "linkPredicate") return inWords(value);
  if (key === "participants" || key === "envisagedParticipants") return value.map((row) => labelOf(row.attendee ?? row.participant)).join(", ");
  if (Array.isArray(value)) return value.map((inner) => shown(key, inner)).join(", ");
  if (typeof value === "string") return conceptWords(key, value) ?? labelOf(value);
  return Object.entries(value).map(([inner, of]) => `${fieldName(inner)}: ${shown(inner, of)}`).join("; ");
}

/** Return what the document has for words that are shown, if that is an identifier or several. */
function identifiersIn(key, value) {
  if (PASSAGES.has(key)) return "";
  return listed(value).map((inner) => (typeof inner === "string" ? inner : (inner.attendee ?? inner.participant ?? ""))).filter(Boolean).join(", ");
}

function actionsOf(item) {
  const actions = element("div", { className: "button-row" });
  if (item.needs_review) {
    actions.append(button("Accept", accept, "a"));
    actions.append(button("Accept all of this kind", acceptAll, "Shift+A"));
  }
  if (FIELDS[item.section]) actions.append(button("Correct", correct, "e"));
  actions.append(button("Reject", reject, "r"));
  if (state.items.some((other) => other.section === item.section && other.key !== item.key)) actions.append(button("Same as …", merge, "m"));
  if (item.section === "statements") actions.append(button("Told by …", tellBy, "w"));
  return actions;
}

/** Return the chain of a statement: the article, who tells it, who says it, and what is said. */
function chainOf(values, key) {
  const chain = element("ol", { className: "chain", ariaLabel: "Who says so" });
  const link = (who, does, what = "", classes = "link") => {
    const made = element("li", { className: classes }, element("span", { className: "who" }, element("bdi", {}, who)), element("span", { className: "does" }, does));
    if (what) made.append(element("span", { className: "what" }, element("bdi", {}, cut(what))));
    chain.append(made);
  };
  link("The article", "tells that");
  for (const outer of state.items.filter((item) => item.key !== key && listed(item.values.relays).includes(key)).slice(0, 1)) {
    link(labelOf(outer.values.source), actWords(outer.values));
  }
  const certain = wordsIn(wordsIn(acts, values.act)?.certainties, values.certainty) ?? values.certainty;
  const form = values.form ? ` (${conceptWords("form", values.form) ?? values.form})` : "";
  link(labelOf(values.source), `${[actWords(values), certain].filter(Boolean).join(", ")}${form}`, "", "link here");
  for (const inner of listed(values.relays)) link(labelOf(itemOf(inner)?.values.source ?? inner), actWords(itemOf(inner)?.values ?? {}), itemOf(inner)?.label);
  if (!listed(values.relays).length) link("In short", "", values.gist, "link proposition");
  return chain;
}

// Choosing

function choose(key, focus = false) {
  if (!itemOf(key)) return;
  current = key;
  editing = null;
  drawText();
  drawItems();
  drawPanel();
  byId("panel").scrollTop = 0;
  const made = byId("items").querySelector('[aria-current="true"]');
  made?.scrollIntoView({ block: "nearest" });
  if (focus) made?.focus();
  showInText();
}

/** Scroll the text to the chosen item's words, and not the page: on a telephone, that would leave what was tapped. */
function showInText() {
  const text = byId("article-text");
  const box = text.getBoundingClientRect();
  const words = text.querySelector(".current")?.getBoundingClientRect();
  if (words && words.top < box.top) text.scrollTop -= box.top - words.top;
  else if (words && words.bottom > box.bottom) text.scrollTop += words.bottom - box.bottom;
}

function step(by, needing = false) {
  const start = state.items.findIndex((item) => item.key === current);
  for (let index = start + by; index >= 0 && index < state.items.length; index += by) {
    if (!needing || state.items[index].needs_review) return choose(state.items[index].key, true);
  }
  const first = needing && state.items.find((item) => item.needs_review);
  if (first) choose(first.key, true);
  else if (needing) say("Nothing needs review any more.");
}

/** Go to the next item that needs review, or stay where there is none. */
function goOn() {
  const needing = state.items.some((item) => item.needs_review);
  if (needing) step(1, true);
  else choose(current, true);
}

async function accept() {
  const item = itemOf(current);
  if (!item?.needs_review) return step(1, true);
  if (await change({ action: "accept", items: [current] })) step(1, true);
}

async function acceptAll() {
  const section = itemOf(current)?.section;
  const keys = state.items.filter((item) => item.section === section && item.needs_review).map((item) => item.key);
  if (keys.length && (await change({ action: "accept", items: keys }))) step(1, true);
}

async function reject() {
  const index = state.items.findIndex((item) => item.key === current);
  const after = state.items.slice(index + 1).map((item) => item.key);
  if (await change({ action: "reject", items: [current] })) {
    const next = after.find((key) => itemOf(key)?.needs_review) ?? after.find((key) => itemOf(key));
    if (next) choose(next, true);
  }
}

const undo = () => change({ action: "undo" });
const redo = () => change({ action: "redo" });

// Dialogs

function openDialog(heading, ...content) {
  const dialog = byId("dialog");
  dialog.replaceChildren(element("h2", { id: "dialog-heading" }, heading), ...content);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}

async function confirmChange(body, consequences) {
  const list = element("ul", {}, ...consequences.map((sentence) => element("li", {}, sentence)));
  const form = element("form", { method: "dialog", className: "button-row" });
  form.append(element("button", { value: "yes" }, "Do it"), element("button", { value: "no" }, "Leave it"));
  byId("dialog").returnValue = "no";
  const answer = await openDialog("This does more", list, form);
  return answer === "yes" ? change(body, true) : false;
}

async function chooseOther(heading, others) {
  const form = element("form", { method: "dialog" });
  const options = others.map((item) => element("option", { value: item.key, title: item.key }, cut(item.label)));
  const field = element("select", { id: "other", ariaLabel: heading }, ...options);
  form.append(element("p", {}, field), element("p", { className: "button-row" }, element("button", { value: "yes" }, "Do it"), element("button", { value: "no" }, "Leave it")));
  byId("dialog").returnValue = "no";
  return (await openDialog(heading, form)) === "yes" ? field.value : "";
}

async function merge() {
  const item = itemOf(current);
  const others = state.items.filter((other) => other.section === item.section && other.key !== item.key);
  const into = others.length ? await chooseOther(`“${cut(item.label)}” is the same as`, others) : "";
  if (into) await change({ action: "merge", items: [item.key], into });
}

async function tellBy() {
  const item = itemOf(current);
  const others = state.items.filter((other) => other.section === "statements" && other.key !== item.key);
  const outer = others.length ? await chooseOther(`“${cut(item.label)}” is told in the statement`, others) : "";
  if (outer) await change({ action: "correct", items: [outer], values: { relays: [...listed(itemOf(outer).values.relays), item.key], says: "" } });
}

function showKeys() {
  const rows = KEYS.map(([key, words]) => element("li", {}, element("kbd", {}, key), ` ${words}`));
  const off = element("input", { type: "checkbox", id: "keys-off", checked: localStorage.getItem(KEYS_OFF) === "yes" });
  off.addEventListener("change", () => localStorage.setItem(KEYS_OFF, off.checked ? "yes" : "no"));
  const form = element("form", { method: "dialog" }, element("button", {}, "Close"));
  openDialog("Keys", element("ul", {}, ...rows), element("p", {}, element("label", {}, off, " Single letters do nothing")), form);
}

// The form

function correct() {
  const item = itemOf(current);
  if (!item || !FIELDS[item.section]) return;
  editing = { action: "correct", key: item.key, section: item.section, values: valuesOf(item) };
  drawForm();
}

async function add(section) {
  if (!selection) return say("Select words of the text first: with the mouse, or with t, the arrow keys and Shift.");
  try {
    const values = await ask("/api/suggestion", { section, start: selection[0], end: selection[1] });
    if (section === "links" && canBe("subject", itemOf(current)?.section)) values.linkSubject = current;
    editing = { action: "add", key: "", section, values };
    drawForm();
  } catch (error) {
    say(error.message);
  }
}

/** Return the values of the article itself, as far as the form has them. */
const articleValues = () => Object.fromEntries(FIELDS.article.map((field) => [field, state.article[field]]));

function editArticle() {
  editing = { action: "correct", key: "article", section: "article", values: articleValues() };
  drawForm();
}

async function withoutStatement() {
  if (!selection) return say("Select words of the text first.");
  await change({ action: "without-statement", values: { at: `${selection[0]}-${selection[1]}` } });
}

/** Tell whether items of a section can be an end of a relation, or of any. */
const canBe = (end, section, relation = "") =>
  Object.entries(relations).some(([name, ends]) => (!relation || name === relation) && ends[end].includes(section));

/** Return the form of the item that is edited; `focused` names the field that is to have the focus. */
function drawForm(focused = "") {
  const { section, action, values } = editing;
  const form = element("form", { id: "form", ariaLabel: action === "add" ? `New: ${SECTION_NAMES[section]}` : "Correct" });
  let names = FIELDS[section];
  if (action === "add") names = names.flatMap((field) => (field === "section" ? [] : field === "post" ? ["postName"] : [field]));
  const preview = element("div", { className: "whole" });
  const drawPreview = () => preview.replaceChildren(...(section === "statements" ? [chainOf(values, editing.key)] : []));
  form.append(preview, ...names.map((field) => fieldOf(field, values, section)));
  form.append(element("p", { className: "whole button-row" }, element("button", { type: "submit" }, action === "add" ? "Add" : "Save"), button("Cancel", cancel, "Escape")));
  form.addEventListener("input", (event) => {
    collect(form, values);
    drawPreview();
    if (event.target.tagName === "SELECT") event.target.title = event.target.value;
    if (["linkSubject", "linkPredicate"].includes(event.target.name)) drawForm(event.target.name);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    enqueue(save);
  });
  drawPreview();
  byId("panel").replaceChildren(element("h3", {}, action === "add" ? `New: ${SECTION_NAMES[section]}` : "Correct"), form);
  (form.querySelector(`[name="${focused}"]`) ?? form.querySelector("select, input, textarea"))?.focus();
}

function fieldOf(field, values, section) {
  const id = `field-${field}`;
  const label = element("label", { htmlFor: id }, fieldName(field));
  if (PASSAGES.has(field)) return passageField(field, values);
  if (field === "participants" || field === "envisagedParticipants") return participantsField(field, values);
  if (REFERENCES[field]) return referencesField(field, values);
  let input = null;
  if (field === "gist") {
    input = element("textarea", { rows: 2, value: values.gist ?? "" });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        input.form.requestSubmit();
      }
    });
  } else if (optionsOf(field, section)) {
    input = element("select");
    const value = field === "section" ? section : (listed(values[field])[0] ?? "");
    const options = optionsOf(field, section);
    if (OPTIONAL.has(field) || !value) options.unshift(["", "–"]);
    if (value && section === "links" && !options.some(([option]) => option === value) && itemOf(value)) values[field] = "";
    else if (value && !options.some(([option]) => option === value)) options.push([value, shown(field, value)]);
    input.append(...options.map(([option, words]) => element("option", { value: option, title: option, selected: option === value }, cut(words))));
    input.title = value;
    input.addEventListener("keydown", chooseByIdentifier);
  } else {
    input = element("input", { type: "text", value: values[field] ?? "", autocomplete: "off" });
  }
  input.id = id;
  input.name = field;
  return element("p", { className: field === "gist" || field === "relays" ? "whole" : "" }, label, input);
}

function optionsOf(field, section) {
  const references = (...sections) => state.items.filter((item) => sections.includes(item.section) && item.key !== editing.key).map((item) => [item.key, item.label]);
  if (field === "source") return [...references(...AGENTS), ["voice/article", "the article"], ["voice/nobody", "nobody named"]];
  if (field === "incumbent" || field === "formerHolder") return references("people");
  if (field === "post") return references("posts");
  if (field === "place" || field === "envisagedPlace") return references("places");
  if (field === "occasion") return references("events");
  if (field === "linkSubject") return references(...SECTIONS.filter((key) => canBe("subject", key)));
  if (field === "linkPredicate") {
    const subject = itemOf(editing.values.linkSubject)?.section;
    return Object.keys(relations).filter((relation) => !subject || canBe("subject", subject, relation)).map((relation) => [relation, inWords(relation)]);
  }
  if (field === "linkObject") return references(...SECTIONS.filter((key) => canBe("object", key, editing.values.linkPredicate))).filter(([key]) => key !== editing.values.linkSubject);
  if (field === "relays") return references("statements");
  if (field === "type") return [["Event", "Event"], ["Meeting", "Meeting"]];
  if (field === "section") return ENTITIES.map((key) => [key, SECTION_NAMES[key]]);
  const words = terms[`${field}.${section}`] ?? terms[field];
  return words && Object.entries(words);
}

/** Choose by the letters of an identifier where no words begin with what is typed; by words the browser does it. */
function chooseByIdentifier(event) {
  if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
  const list = event.target;
  const isFirst = list !== typed.list || event.timeStamp - typed.at > TYPING_MILLISECONDS;
  typed = { list, letters: (isFirst ? "" : typed.letters) + event.key.toLowerCase(), at: event.timeStamp };
  const options = [...list.options].filter((option) => option.value);
  const begins = (words) => words.toLowerCase().startsWith(typed.letters);
  if (options.some((option) => begins(option.text))) return;
  const found = options.find((option) => begins(option.value) || begins(option.value.replace(/^.*[/:]/, "")));
  if (!found) return;
  event.preventDefault();
  list.value = found.value;
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

function passageField(field, values) {
  const several = field === "mention" || field === "contentSpan";
  const quoted = element("span", {}, shown(field, values[field] ?? "") || "none");
  const take = (adding) => {
    if (!selection) return say("Select words of the text first.");
    const written = `${selection[0]}-${selection[1]}`;
    values[field] = adding ? [...listed(values[field]), written] : written;
    quoted.textContent = shown(field, values[field]);
  };
  const label = LABELS[field];
  const change = button(`${label}: choose in the text`, () => choosePassage(change, spansOf(values[field])[0], () => take(false)));
  const buttons = [button(`${label}: the selection`, () => take(false))];
  if (several) buttons.push(button(`${label}: the selection too`, () => take(true)));
  return element("fieldset", {}, element("legend", {}, label), quoted, " ", change, ...buttons);
}

/** Have words of the text chosen for a passage: the mouse takes what it selects, Enter what the arrow keys select. */
function choosePassage(opener, span, take) {
  choosing = { opener, take };
  byId("article-text").classList.add("choosing");
  byId("article-text").focus();
  if (span) {
    const words = tokens();
    select(...span, true);
    caret = { anchor: span[0], focus: span[1], first: Math.max(words.findIndex(([start]) => start >= span[0]), 0) };
  }
  say("Select the words: drag over them, or use the arrow keys with Shift and press Enter. Escape leaves the passage as it was.");
}

function endChoosing(taking) {
  const { opener, take } = choosing;
  choosing = null;
  byId("article-text").classList.remove("choosing");
  if (taking) take();
  say(taking ? `The passage is “${cut(wordsOf(...selection))}”; save the form to keep it.` : "The passage is as it was.");
  opener.focus();
}

/** Return boxes for the items that one refers to; those that stand elsewhere in the text are folded away. */
function referencesField(field, values) {
  const fieldset = element("fieldset", {}, element("legend", {}, LABELS[field]));
  const chosen = listed(values[field]);
  const own = [values.at, values.contentSpan].flatMap(spansOf);
  const isNear = (item) => item.passages.some(({ start, end }) => own.some(([from, to]) => start < to && from < end));
  const folded = element("details", {}, element("summary", {}, "Others"));
  const others = state.items.filter((item) => REFERENCES[field].includes(item.section) && item.key !== editing.key);
  const known = new Set(others.map((item) => item.key));
  const rows = [...others.map((item) => [item.key, item.label, isNear(item)]), ...chosen.filter((key) => !known.has(key)).map((key) => [key, labelOf(key), true])];
  for (const [key, label, near] of rows) {
    const box = element("input", { type: "checkbox", value: key, checked: chosen.includes(key) });
    box.dataset.reference = field;
    (near || box.checked ? fieldset : folded).append(element("label", {}, box, " ", titled(cut(label), key)));
  }
  if (folded.querySelector("input")) fieldset.append(folded);
  return fieldset;
}

function participantsField(field, values) {
  const fieldset = element("fieldset", {}, element("legend", {}, LABELS[field]));
  const present = listed(values[field]).map((row) => row.attendee ?? row.participant);
  for (const item of state.items.filter((other) => AGENTS.includes(other.section))) {
    const box = element("input", { type: "checkbox", value: item.key, checked: present.includes(item.key) });
    box.dataset.participant = field === "participants" ? PARTICIPATION[item.section] : "participant";
    box.dataset.participation = field;
    fieldset.append(element("label", {}, box, " ", titled(item.label, item.key)));
  }
  return fieldset;
}

function collect(form, values) {
  for (const input of form.querySelectorAll("[name]")) values[input.name] = input.value;
  const boxes = [...form.querySelectorAll("[data-participant]")];
  if (boxes.length) {
    const field = boxes[0].dataset.participation;
    const before = listed(values[field]);
    const shownKeys = new Set(boxes.map((box) => box.value));
    const checked = boxes
      .filter((box) => box.checked)
      .map((box) => before.find((row) => (row.attendee ?? row.participant) === box.value) ?? { [box.dataset.participant]: box.value, capacity: "attendee", at: listed(values.at)[0] });
    values[field] = [...before.filter((row) => !shownKeys.has(row.attendee ?? row.participant)), ...checked];
  }
  for (const field of new Set([...form.querySelectorAll("[data-reference]")].map((box) => box.dataset.reference))) {
    const boxesOf = [...form.querySelectorAll(`[data-reference="${field}"]`)];
    const before = listed(values[field]);
    const checked = boxesOf.filter((box) => box.checked).map((box) => box.value);
    values[field] = [...before.filter((key) => checked.includes(key)), ...checked.filter((key) => !before.includes(key))];
  }
}

async function save() {
  if (!editing) return false;
  const { action, key, section, values } = editing;
  collect(byId("form"), values);
  const { section: moved, ...rest } = values;
  if (action === "add") return (await change({ action: "add", section, values: rest })) && choose(current, true);
  const old = key === "article" ? articleValues() : itemOf(key) ? valuesOf(itemOf(key)) : {};
  const written = (value) => JSON.stringify(listed(value));
  const changed = Object.fromEntries(Object.entries(rest).filter(([field, value]) => field !== "id" && written(value) !== written(old[field])));
  const moving = moved && moved !== section;
  const body = moving ? { action: "move", section: moved } : { action: "correct" };
  if (await change({ ...body, items: [key], values: changed })) goOn();
  return !editing;
}

function cancel() {
  choosing = null;
  editing = null;
  drawPanel();
  byId("items").querySelector('[aria-current="true"]')?.focus();
}

async function publish() {
  say("Publishing …");
  busy = true;
  byId("publish").disabled = true;
  try {
    const { status, answer } = await post("/api/publication", {});
    if (status !== 200) return say(answer.detail);
    await load(); // with the note of who reviewed it: the next poll is not to take that for somebody else's change
    byId("status").replaceChildren("Published: ", element("a", { href: answer.address, id: "published" }, "the article's page"));
    byId("published").focus();
  } catch {
    say("The server does not answer; try again.");
  } finally {
    busy = false;
    byId("publish").disabled = false;
  }
}

// Words of the text that are selected, by the mouse or by the keyboard

const lettersBefore = (text, offset) => [...text.slice(0, offset)].length;

function positionOf(node, offset) {
  if (node.nodeType === Node.TEXT_NODE) {
    const piece = node.parentElement.closest("[data-start]");
    return piece ? Number(piece.dataset.start) + lettersBefore(node.data, offset) : null;
  }
  const pieces = [...node.querySelectorAll("[data-start]")];
  const child = node.childNodes[offset];
  if (child?.nodeType === Node.ELEMENT_NODE) {
    const first = child.matches("[data-start]") ? child : child.querySelector("[data-start]");
    if (first) return Number(first.dataset.start);
  }
  const last = pieces.at(-1) ?? (node.matches?.("[data-start]") ? node : null);
  return last ? Number(last.dataset.start) + [...last.textContent].length : null;
}

const isLetter = (letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** Return a span without spaces at its ends, and with whole words. */
function snapped(start, end) {
  while (start < end && /\s/u.test(points[start])) start++;
  while (end > start && /\s/u.test(points[end - 1])) end--;
  while (start > 0 && isLetter(points[start]) && isLetter(points[start - 1])) start--;
  while (end < points.length && isLetter(points[end - 1]) && isLetter(points[end])) end++;
  return [start, end];
}

function noteSelection() {
  const range = document.getSelection();
  const text = byId("article-text");
  if (!range.anchorNode || range.isCollapsed || !text.contains(range.anchorNode) || !text.contains(range.focusNode)) return;
  const ends = [positionOf(range.anchorNode, range.anchorOffset), positionOf(range.focusNode, range.focusOffset)];
  if (ends.includes(null)) return;
  const [start, end] = snapped(Math.min(...ends), Math.max(...ends));
  selection = end > start ? [start, end] : null;
  byId("selected").textContent = selection ? `Selected: “${cut(wordsOf(...selection))}”` : "";
}

/** Return the text node and offset of a position. */
function placeOf(position) {
  const pieces = [...byId("article-text").querySelectorAll("[data-start]")];
  const piece = pieces.findLast((other) => Number(other.dataset.start) <= position) ?? pieces[0];
  const letters = [...piece.textContent].slice(0, position - Number(piece.dataset.start));
  return [piece.firstChild, letters.join("").length];
}

function select(start, end, scroll = false) {
  const range = document.getSelection();
  range.setBaseAndExtent(...placeOf(start), ...placeOf(end));
  caret = { anchor: start, focus: end };
  selection = [start, end];
  byId("selected").textContent = `Selected: “${cut(wordsOf(start, end))}”`;
  if (scroll) placeOf(start)[0].parentElement.scrollIntoView({ block: "nearest" });
}

const tokens = () => [...state.text.matchAll(/[\p{L}\p{N}]+(?:['’.-][\p{L}\p{N}]+)*|[^\s\p{L}\p{N}]/gu)].map((match) => {
  const start = lettersBefore(state.text, match.index);
  return [start, start + [...match[0]].length];
});

/** Move the selected word, or with `extend` the end of what is selected. */
function moveCaret(by, extend) {
  const words = tokens();
  if (!words.length) return;
  const at = caret ? words.findIndex(([start, end]) => (caret.back ? start >= caret.focus : end >= caret.focus)) : -by;
  const index = Math.min(Math.max((at < 0 && caret ? words.length - 1 : at) + by, 0), words.length - 1);
  const [start, end] = words[index];
  if (!extend || !caret) {
    select(start, end, true);
    caret = { anchor: start, focus: end, first: index };
    return;
  }
  const first = caret.first ?? words.findIndex((word) => word[0] >= caret.anchor);
  const [from, to] = index >= first ? [words[first][0], end] : [start, words[first][1]];
  select(from, to, true);
  caret = { anchor: words[first][0], focus: index >= first ? end : start, back: index < first, first };
}

function moveByKey(event) {
  if (choosing && event.key === "Enter" && selection) {
    event.preventDefault();
    event.stopPropagation();
    return endChoosing(true);
  }
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
  if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  moveCaret(by, event.shiftKey);
}

function takeByMouse() {
  if (!choosing) return;
  noteSelection();
  if (selection && !document.getSelection().isCollapsed) endChoosing(true);
}

function chooseByClick(event) {
  if (editing || !document.getSelection().isCollapsed) return; // a form is left by Save and Cancel alone
  const piece = event.target.closest?.("[data-start]");
  if (!piece) return;
  const start = Number(piece.dataset.start);
  const here = state.items
    .map((item) => ({ item, sizes: item.passages.filter((passage) => passage.start <= start && start < passage.end).map((passage) => passage.end - passage.start) }))
    .filter(({ sizes }) => sizes.length)
    .sort((first, second) => Math.min(...first.sizes) - Math.min(...second.sizes));
  if (!here.length) return;
  const index = here.findIndex(({ item }) => item.key === current);
  enqueue(() => choose(here[(index + 1) % here.length].item.key));
}

// Keys

const KEYS = [
  ["j", "next item", () => step(1)],
  ["k", "previous item", () => step(-1)],
  ["n", "next item that needs review", () => step(1, true)],
  ["a", "accept, and go to the next that needs review", accept],
  ["Shift+A", "accept all of this kind", acceptAll],
  ["r", "reject", reject],
  ["e", "correct", correct],
  ["y", "it is the suggested one of the corpus", () => decide("identify")],
  ["Shift+Y", "it is another", () => decide("distinguish")],
  ["m", "same as another item", merge],
  ["w", "told in another statement", tellBy],
  ["u", "undo", undo],
  ["Shift+U", "redo", redo],
  ["t", "to the text: arrow keys move by word, with Shift they select", () => byId("article-text").focus()],
  ["i", "to the items", () => choose(current, true)],
  ["s", "somebody says the selected words", () => add("statements")],
  ["d", "somebody did it", () => add("events")],
  ["h", "somebody holds the post", () => add("holdings")],
  ["p", "the selected words are a person", () => add("people")],
  ["o", "an organization", () => add("organizations")],
  ["g", "a group", () => add("groups")],
  ["l", "a place", () => add("places")],
  ["f", "it is planned, feared, denied …", () => add("scenarios")],
  ["c", "what is spoken about", () => add("topics")],
  ["b", "they tell how two things are related; the chosen item is the first", () => add("links")],
  ["x", "they carry no statement", withoutStatement],
  ["Shift+E", "title and day", editArticle],
  ["Shift+P", "publish", publish],
  ["?", "this list", showKeys],
];

function onKey(event) {
  if (event.key === "Escape" && choosing) return endChoosing(false);
  if (event.key === "Escape" && editing && !byId("dialog").open) return enqueue(cancel);
  if (event.ctrlKey && event.key === "Enter") return enqueue(save);
  const typing = event.target.closest?.("input, select, textarea, dialog");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !state || localStorage.getItem(KEYS_OFF) === "yes") return;
  const key = event.shiftKey && /^[A-Z]$/.test(event.key) ? `Shift+${event.key}` : event.key;
  const row = KEYS.find(([name]) => name === key);
  if (!row) return;
  event.preventDefault();
  enqueue(row[2]);
}

for (const made of document.querySelectorAll("[data-key]")) {
  made.setAttribute("aria-keyshortcuts", made.dataset.key);
  made.append(element("kbd", { ariaHidden: "true" }, made.dataset.key));
}
for (const made of document.querySelectorAll("[data-add]")) made.addEventListener("click", () => enqueue(() => add(made.dataset.add)));
const ACTIONS = { without: withoutStatement, undo, redo, "edit-article": editArticle, help: showKeys, publish };
for (const [id, action] of Object.entries(ACTIONS)) byId(id).addEventListener("click", () => enqueue(action));
byId("article-text").addEventListener("keydown", moveByKey);
byId("article-text").addEventListener("click", chooseByClick);
byId("article-text").addEventListener("pointerup", takeByMouse);
document.addEventListener("selectionchange", noteSelection);
for (const name of ["pointerdown", "pointerup", "pointercancel", "pointermove"]) document.addEventListener(name, notePointer, true);
document.addEventListener("keydown", onKey);

try {
  terms = await ask("/api/terms");
  acts = await ask("/api/acts");
  relations = await ask("/api/relations");
  await load();
  setInterval(poll, POLL_MILLISECONDS);
} catch (error) {
  say(error.message);
}
