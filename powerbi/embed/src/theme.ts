import { element } from './dom.js';

const KEY = 'countersign.theme';
const THEMES = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;
type Theme = keyof typeof THEMES;

const kept = (): Theme => {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
};

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Sets the colours as this person left them. */
export const applyTheme = (): void => apply(kept());

/** The switch between light and dark; `changed` redraws what takes its colours when it is drawn. */
export function themeSwitch(changed: () => void): HTMLElement {
  const select = element(
    'select',
    { id: 'theme', name: 'theme' },
    ...Object.entries(THEMES).map(([value, name]) => element('option', { value }, name)),
  );
  select.value = kept();
  select.addEventListener('change', () => {
    localStorage.setItem(KEY, select.value);
    applyTheme();
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => changed());
  return element('label', { class: 'field compact' }, element('span', {}, 'Colours'), select);
}
