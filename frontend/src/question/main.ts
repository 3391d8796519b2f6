// The page of a question: its boxes are completed by name.
import { find } from "../common/dom.ts";
import { complete } from "../sparql/builder.ts";

const form = find<HTMLFormElement>("#question");
for (const box of form.querySelectorAll("input")) complete(box, form.dataset.things ?? "", new RegExp(`^(?:${(box.dataset.kinds ?? "").split(" ").join("|")})`));
