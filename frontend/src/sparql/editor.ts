// The editor of queries. It lives in a shadow root, where its styles are a constructed sheet: the policy of the page
// allows no style elements.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, selectedCompletionIndex, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, insertNewlineAndIndent } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { settled } from "../common/dom.ts";
import { completions, declare, followsSemicolon } from "./completion.ts";
import { unknownTerms } from "./unknown.ts";
import type { Vocabulary } from "./vocabulary.ts";

const THEME = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "3px solid var(--focus)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--sunken)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--side-a-wash) 50%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--mark)",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--mark)", outline: "none" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--raised)", border: "1px solid var(--line-strong)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { color: "var(--paper)", backgroundColor: "var(--ink)" },
  ".cm-completionDetail": { color: "inherit", opacity: "0.8", fontStyle: "normal" },
  ".cm-completionInfo": { maxWidth: "22rem", padding: "0.5rem" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--unreal) 1.5px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--side-b) 1.5px" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--side-b)", fontFamily: "var(--sans)" },
  ".cm-diagnosticAction": { color: "var(--paper)", backgroundColor: "var(--ink)" },
  ".cm-tooltip-autocomplete completion-section": { display: "block", padding: "0.2rem 0.5rem", opacity: "1", color: "var(--muted)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--unreal)", fontFamily: "var(--sans)" },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--side-a)", fontWeight: "600" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.string, tags.number, tags.bool], color: "var(--side-b)" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--inferred)" },
  { tag: tags.atom, color: "var(--link)" },
]);

export class Editor {
  private readonly view: EditorView;
  private fault: Diagnostic[] = [];
  private readonly check = settled(() => this.annotate());

  /** Stand where a form's text area stands, and keep it in step, so that the form sends what is written here. */
  constructor(
    host: HTMLElement,
    private readonly area: HTMLTextAreaElement,
    private readonly vocabulary: Vocabulary,
    run: () => void,
  ) {
    const root = host.attachShadow({ mode: "open" });
    const extensions = [
      lineNumbers(),
      lintGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      StreamLanguage.define(sparql),
      syntaxHighlighting(COLOURS),
      Prec.highest(keymap.of([{ key: "Enter", run: beginLine }])),
      autocompletion({ override: [completions(vocabulary)], maxRenderedOptions: 60 }),
      keymap.of([
        { key: "Mod-Enter", run: () => (run(), true) },
        { key: "Escape", run: leave },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...historyKeymap,
        ...defaultKeymap,
        indentWithTab,
      ]),
      EditorView.contentAttributes.of({ tabindex: "0", "aria-label": "Query", "aria-describedby": "editor-keys" }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        area.value = update.state.doc.toString();
        this.fault = [];
        this.check();
      }),
      THEME,
    ];
    const selection = { anchor: area.selectionStart, head: area.selectionEnd };
    this.view = new EditorView({ state: EditorState.create({ doc: area.value, selection, extensions }), parent: root, root });
    this.annotate();
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  set text(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 } });
    this.area.value = text;
    this.mark(0, 0, "");
  }

  focus(): void {
    this.view.focus();
  }

  /** Write a text where the cursor is, or over what is selected, declare its prefix, and go on behind it. */
  insert(text: string): void {
    this.view.dispatch(this.view.state.replaceSelection(text));
    declare(this.view, text, this.vocabulary.prefixes);
    this.view.focus();
  }

  /** Mark where a query does not parse, by line and column from 1, and lead there; line 0 takes the mark away. */
  mark(line: number, column: number, message: string): void {
    const { doc } = this.view.state;
    this.fault = [];
    if (line > 0) {
      const whole = doc.line(Math.min(line, doc.lines));
      const from = Math.min(whole.from + Math.max(0, column - 1), whole.to);
      const word = /^\S+/.exec(doc.sliceString(from, whole.to))?.[0].length ?? 0;
      const start = word ? from : Math.max(whole.from, from - 1);
      this.fault = [{ from: start, to: Math.max(from + word, start), severity: "error", message }];
      this.view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    }
    this.annotate();
  }

  /** Mark the fault that the server named, and the terms that do not exist. */
  private annotate(): void {
    const warnings = unknownTerms(this.text, this.vocabulary).map(({ meant, ...place }) => ({
      ...place,
      severity: "warning" as const,
      actions: meant ? [{ name: `Write ${meant}`, apply: replacing(meant) }] : [],
    }));
    this.view.dispatch(setDiagnostics(this.view.state, [...this.fault, ...warnings].sort((one, other) => one.from - other.from)));
  }
}

const replacing = (insert: string) => (view: EditorView, from: number, to: number) => view.dispatch({ changes: { from, to, insert } });

/** Begin a line right after a semicolon, though properties are offered there, unless one was moved to; and offer them on that line. */
function beginLine(view: EditorView): boolean {
  const { main } = view.state.selection;
  const isAfterSign = main.empty && view.state.sliceDoc(main.head - 1, main.head) === ";" && followsSemicolon(view.state, main.head);
  if (!isAfterSign || (selectedCompletionIndex(view.state) ?? 0) > 0) return false;
  return insertNewlineAndIndent(view) && startCompletion(view);
}

/** Lead the keyboard out of the editor, in which Tab indents. */
function leave(view: EditorView): boolean {
  const root = view.root;
  if (root instanceof ShadowRoot) document.querySelector<HTMLElement>("#run")?.focus();
  return true;
}
