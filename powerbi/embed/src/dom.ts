/** What an element may be made of. Texts are only ever set as text, so nothing that a person wrote is markup. */
export type Child = Node | string | null;

/** An element with attributes; a null attribute is left out, true is written bare. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | true | null>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null) made.setAttribute(name, value === true ? '' : value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** An element of a drawing. */
export function drawing(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Node[]
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A button that does something here. */
export function button(
  text: string,
  onClick: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'button', ...attributes }, text);
  made.addEventListener('click', onClick);
  return made;
}

/** Text that is heard and not seen. */
export const heard = (text: string): HTMLElement => element('span', { class: 'heard' }, text);

/** Says something to whoever listens instead of looking, without moving them. */
export function announce(text: string): void {
  const region = document.getElementById('announced');
  if (region) region.textContent = text;
}

let made = 0;
/** An id that no other element of the page has. */
export const newElementId = (name: string): string => `${name}-${++made}`;
