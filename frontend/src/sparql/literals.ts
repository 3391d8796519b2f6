// Literals as people read them, as the server's pages have them: moments in the order of ISO 8601, lengths of time in words.
import type { Term } from "./answer.ts";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const MOMENT = /^(-?\d{4,}-\d\d-\d\d)(?:T(\d\d:\d\d):(\d\d(?:\.\d+)?))?(Z|[+-]\d\d:\d\d)?$/;
const DURATION = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const MOMENTS = new Set(["dateTime", "dateTimeStamp", "date"].map((name) => XSD + name));
const DURATIONS = new Set(["duration", "dayTimeDuration", "yearMonthDuration"].map((name) => XSD + name));
const UNITS = ["year", "month", "day", "hour", "minute", "second"];
const TRUTH_WORDS: Record<string, string> = { true: "yes", 1: "yes", false: "no", 0: "no" };

/** Return a literal as people read it, or its lexical form if that is how they do. */
export function literalWords({ value, datatype = "" }: Term): string {
  if (MOMENTS.has(datatype)) return momentWords(value);
  if (DURATIONS.has(datatype)) return durationWords(value);
  return datatype === `${XSD}boolean` ? (TRUTH_WORDS[value] ?? value) : value;
}

/** Return whether a literal is a moment or a length of time. */
export const isTime = ({ datatype = "" }: Term): boolean => MOMENTS.has(datatype) || DURATIONS.has(datatype);

/** Return a date, with its time unless it is a day's beginning in local time: that says a day. */
function momentWords(value: string): string {
  const [, date, minutes, seconds = "", offset] = MOMENT.exec(value) ?? [];
  if (!date) return value;
  const zone = offset ? ` UTC${offset === "Z" ? "" : offset}` : "";
  if (!minutes || (!offset && minutes === "00:00" && Number(seconds) === 0)) return date + zone;
  // The last second of a minute is how the data writes that a span ends with it.
  return `${date} ${minutes}${[0, 59].includes(Number(seconds)) ? "" : `:${seconds}`}${zone}`;
}

function durationWords(value: string): string {
  const [, sign, ...numbers] = DURATION.exec(value) ?? [];
  const words = numbers.flatMap((number, index) => (number === undefined ? [] : [`${number} ${UNITS[index]!}${number === "1" ? "" : "s"}`]));
  return words.length ? `${sign ? "minus " : ""}${words.join(" ")}` : value;
}
