import {
  CategoryScale,
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
} from 'chart.js';
import { element } from '../dom.js';
import type { Series } from '../pure/series.js';

Chart.register(CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip);

const drawn = new Set<Chart>();

/** Takes the charts down that are on the page no more. */
export function dropCharts(): void {
  for (const chart of drawn) {
    if (chart.canvas?.isConnected) continue;
    chart.destroy();
    drawn.delete(chart);
  }
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const across = (label: string, data: readonly number[], dash: number[], stroke: string): ChartDataset<'line'> => ({
  label,
  data: [...data],
  borderColor: stroke,
  borderDash: dash,
  borderWidth: 1.5,
  pointRadius: 0,
  pointHitRadius: 0,
});

/**
 * A trend with its baseline and target, told apart by line and not by colour alone. `said` is what a screen reader hears in
 * its place; the table beside it has every figure.
 */
export function trendChart(
  series: Series,
  { name, said }: { readonly name: string; readonly said: string },
): HTMLElement {
  const canvas = element('canvas', { role: 'img', 'aria-label': said });
  const { labels, values, baseline, target } = series;
  const [accent, muted, grid, good] = ['--accent', '--muted', '--line', '--good'].map(colour);
  const datasets: ChartDataset<'line'>[] = [
    {
      label: name,
      data: [...values],
      borderColor: accent!,
      backgroundColor: accent!,
      borderWidth: 2.5,
      pointRadius: values.length > 40 ? 0 : 3.5,
      pointHoverRadius: 5,
      spanGaps: false,
    },
    ...(baseline === null ? [] : [across('Baseline', baseline, [7, 4], muted!)]),
    ...(target === null ? [] : [across('Target', target, [2, 3], good!)]),
  ];
  const chart = new Chart(canvas, {
    type: 'line',
    data: { labels: [...labels], datasets },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: {
          grid: { display: false },
          ticks: { color: muted!, maxRotation: 0, autoSkipPadding: 16 },
          border: { color: grid! },
        },
        y: {
          beginAtZero: true,
          grid: { color: grid! },
          ticks: { color: muted!, maxTicksLimit: 6 },
          border: { display: false },
        },
      },
      plugins: { tooltip: { displayColors: false, padding: 10 } },
    },
  });
  drawn.add(chart);
  const legend = element(
    'ul',
    { class: 'legend', 'aria-hidden': 'true' },
    element('li', { class: 'key solid' }, name),
    baseline === null ? null : element('li', { class: 'key dashed' }, 'Baseline'),
    target === null ? null : element('li', { class: 'key dotted' }, 'Target'),
  );
  return element('div', { class: 'chart' }, element('div', { class: 'canvas' }, canvas), legend);
}
