// A form whose boxes are completed by name: of an example question, or of who did or said what.
import { find } from "../common/dom.ts";
import { completeBoxes } from "../sparql/builder.ts";

completeBoxes(find<HTMLFormElement>("form.builder"));
