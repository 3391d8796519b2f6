// The editor of queries. It lives in a shadow root, where its styles are a constructed sheet: the policy of the page
// allows no style elements.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions, type Vocabulary } from "./completion.ts";

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

  /** Stand where a form's text area stands, and keep it in step, so that the form sends what is written here. */
  constructor(
    host: HTMLElement,
    private readonly area: HTMLTextAreaElement,
    vocabulary: Vocabulary,
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
        if (update.docChanged) area.value = update.state.doc.toString();
      }),
      THEME,
    ];
    this.view = new EditorView({ state: EditorState.create({ doc: area.value, extensions }), parent: root, root });
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

  /** Mark where a query does not parse, by line and column from 1, and lead there; line 0 takes the mark away. */
  mark(line: number, column: number, message: string): void {
    const { doc } = this.view.state;
    if (line < 1) {
      this.view.dispatch(setDiagnostics(this.view.state, []));
      return;
    }
    const whole = doc.line(Math.min(line, doc.lines));
    const from = Math.min(whole.from + Math.max(0, column - 1), whole.to);
    const word = /^\S+/.exec(doc.sliceString(from, whole.to))?.[0].length ?? 0;
    const start = word ? from : Math.max(whole.from, from - 1);
    const problem = { from: start, to: Math.max(from + word, start), severity: "error" as const, message };
    this.view.dispatch(setDiagnostics(this.view.state, [problem]), {
      selection: { anchor: from },
      effects: EditorView.scrollIntoView(from, { y: "center" }),
    });
  }
}

/** Lead the keyboard out of the editor, in which Tab indents. */
function leave(view: EditorView): boolean {
  const root = view.root;
  if (root instanceof ShadowRoot) document.querySelector<HTMLElement>("#run")?.focus();
  return true;
}
