// The page that collects: sends its form with the reader's token as a header, and keeps what is written if that fails.
import { find } from "../common/dom.ts";
import { fetched, Problem } from "../common/problem.ts";

/** Where a tab remembers the token until it is closed. */
const REMEMBERED = "token";
const form = document.querySelector<HTMLFormElement>("#collect");
const token = document.querySelector<HTMLInputElement>("#token");

document.documentElement.classList.add("scripted");
if (token) token.value = sessionStorage.getItem(REMEMBERED) ?? "";
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  void send(form);
});

async function send(filled: HTMLFormElement): Promise<void> {
  const button = find<HTMLButtonElement>("button", filled);
  const problem = find("#problem");
  button.disabled = true;
  problem.textContent = "";
  const written = token?.value.trim() ?? "";
  try {
    const fields = [...new FormData(filled)].map(([name, value]): [string, string] => [name, String(value)]);
    const headers: Record<string, string> = written ? { Authorization: `Bearer ${written}` } : {};
    const answer = await fetched(filled.action, { method: "POST", accept: "text/plain", headers, body: new URLSearchParams(fields) });
    if (written) sessionStorage.setItem(REMEMBERED, written);
    location.assign(answer.headers.get("Location") ?? "/collections");
  } catch (error) {
    if (!(error instanceof Problem) && !(error instanceof TypeError)) throw error;
    problem.textContent = error instanceof Problem ? error.message : "The server could not be reached. What you have written is still here.";
    button.disabled = false;
    button.focus();
  }
}
