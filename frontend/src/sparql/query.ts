// The query: in the form's text area, and in the editor once there is something to do in it. The editor is several times
// larger than all other scripts of the page, and most readers only look at answers.
import type { Editor } from "./editor.ts";
import { unknownTerms } from "./unknown.ts";
import type { Vocabulary } from "./vocabulary.ts";

export class QueryField {
  private editor: Editor | null = null;
  private loading: Promise<void> | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly area: HTMLTextAreaElement,
    private readonly vocabulary: Vocabulary,
    private readonly run: () => void,
  ) {
    area.addEventListener("focus", () => void this.open());
    if (document.activeElement === area) void this.open();
    this.openForWarnings();
  }

  /** The text area has the query always: the editor keeps it in step. */
  get text(): string {
    return this.area.value;
  }

  set text(text: string) {
    if (this.editor) this.editor.text = text;
    else this.area.value = text;
    this.openForWarnings();
  }

  /** What is wrong with the terms of the query. */
  get warnings(): string[] {
    return unknownTerms(this.text, this.vocabulary).map(({ message }) => message);
  }

  /** Write a text where the cursor is, and declare its prefix. */
  async insert(text: string): Promise<void> {
    await this.open();
    this.editor?.insert(text);
  }

  /** Mark where the query does not parse, by line and column from 1. */
  async mark(line: number, column: number, message: string): Promise<void> {
    await this.open();
    this.editor?.mark(line, column, message);
  }

  unmark(): void {
    this.editor?.mark(0, 0, "");
  }

  private openForWarnings(): void {
    if (unknownTerms(this.area.value, this.vocabulary).length) void this.open();
  }

  /** Put the editor in the text area's place; where it cannot be had, the text area stays, and the next try is another one. */
  private open(): Promise<void> {
    this.loading ??= import("./editor.ts").then(
      ({ Editor }) => this.replace(Editor),
      () => {
        this.loading = null;
      },
    );
    return this.loading;
  }

  private replace(Editing: typeof Editor): void {
    const { host, area } = this;
    const isFocused = document.activeElement === area;
    host.hidden = false;
    this.editor = new Editing(host, area, this.vocabulary, this.run);
    area.hidden = true;
    if (isFocused) this.editor.focus();
  }
}
