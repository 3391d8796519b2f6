// The page of a citation: buttons that copy each format.
import { find } from "../common/dom.ts";

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => void copy(button));
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const text = find(`#${button.dataset.copy ?? ""}`);
  getSelection()?.selectAllChildren(text);
  try {
    await navigator.clipboard.writeText(text.textContent ?? "");
    button.textContent = "Copied";
  } catch {
    // Only secure pages have the clipboard: what is selected can be copied by a key.
    button.textContent = "Selected: copy it with Ctrl+C";
  }
}
