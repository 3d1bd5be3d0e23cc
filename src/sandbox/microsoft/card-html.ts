type Element = Readonly<Record<string, unknown>>;

/** An Adaptive Card in plain HTML: enough to read it; all text is escaped, and buttons are links. */
export function cardHtml(card: unknown): string {
  const { body, actions } = (card ?? {}) as Element;
  return `<div class="card">${elements(body)}${buttons(actions)}</div>`;
}

/** Text for HTML, in an element or a quoted attribute. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function elements(value: unknown): string {
  return Array.isArray(value) ? value.map((one) => element(one as Element)).join('') : '';
}

function element(one: Element): string {
  switch (one.type) {
    case 'TextBlock':
      return one.weight === 'Bolder'
        ? `<p><strong>${shown(one.text)}</strong></p>`
        : `<p class="words">${shown(one.text)}</p>`;
    case 'FactSet':
      return `<dl>${(one.facts as Element[]).map((fact) => `<dt>${shown(fact.title)}</dt><dd>${shown(fact.value)}</dd>`).join('')}</dl>`;
    case 'ColumnSet':
      return `<div class="columns">${((one.columns ?? []) as Element[]).map((column) => `<div>${elements(column.items)}</div>`).join('')}</div>`;
    case 'Table':
      return `<table>${((one.rows ?? []) as Element[]).map(row).join('')}</table>`;
    case 'ActionSet':
      return buttons(one.actions);
    case 'Image':
      return `<p>[${words(one.altText)}]</p>`;
    default:
      return elements(one.items);
  }
}

function row(one: Element): string {
  const cells = (one.cells ?? []) as Element[];
  return `<tr>${cells.map((cell) => `<td>${elements(cell.items)}</td>`).join('')}</tr>`;
}

function buttons(actions: unknown): string {
  if (!Array.isArray(actions)) return '';
  const links = (actions as Element[]).map(
    ({ title, url }) => `<a href="${words(url)}" rel="noreferrer">${words(title)}</a>`,
  );
  return `<p>${links.join(' | ')}</p>`;
}

/** A text as Teams shows it: escapes of its Markdown are read, a mention is a name. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  return escape(text.replace(/<at>(.*?)<\/at>/g, '@$1').replace(/\\([\\`*_[\]()#<>~|+.-])/g, '$1'));
}

function words(value: unknown): string {
  return escape(typeof value === 'string' ? value : '');
}
