// Elements without markup in text: what the server says is always shown as text, never read as HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat().filter((child) => child !== undefined && child !== null && child !== false && child !== ""),
  );
  return element;
}

// An HTML element; attributes whose name begins with `on` are listeners.
export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

// An SVG element.
export const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

const TAG_COLOURS = { good: "green", bad: "red", warning: "orange", quiet: "grey", info: "blue" };

// A word in a box. The colour says nothing that the word does not say.
export const tag = (text, mood = "info") => h("strong", { class: `nhsuk-tag nhsuk-tag--${TAG_COLOURS[mood]}` }, text);
