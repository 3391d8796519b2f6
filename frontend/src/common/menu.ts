// The menu of a page's data: closed by Escape, which leaves the focus on its button, and by a press elsewhere.

const opened = (): NodeListOf<HTMLDetailsElement> => document.querySelectorAll<HTMLDetailsElement>(".data-menu[open]");

addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const menu of opened()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    menu.open = false;
  }
});
addEventListener("pointerdown", ({ target }) => {
  for (const menu of opened()) if (!(target instanceof Node && menu.contains(target))) menu.open = false;
});

export {};
