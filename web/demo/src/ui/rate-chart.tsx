import { HISTORY_MS, type Rate } from '../figures/sampler.js';

const WIDTH = 320;
const HEIGHT = 132;
const LEFT = 34;
const BOTTOM = 16;
const TOP = 8;
/** The scale is logarithmic: 10 and 2,000 a second, both to be read. Below 1 is the floor. */
const TICKS = [1, 10, 100, 1000];
const TOP_VALUE = 3000;

/** Deltas a second against saves a second, over the last half minute. */
export function RateChart({ rates, now }: { rates: readonly Rate[]; now: number }) {
  const current = rates.at(-1) ?? { deltas: 0, saves: 0 };
  const label = `${figure(current.deltas)} deltas a second, ${figure(current.saves)} saves a second`;
  const x = (time: number): number => LEFT + (1 - (now - time) / HISTORY_MS) * (WIDTH - LEFT);
  const line = (value: (rate: Rate) => number): string =>
    rates
      .filter(({ time }) => time >= now - HISTORY_MS)
      .map((rate) => `${x(rate.time).toFixed(1)},${y(value(rate)).toFixed(1)}`)
      .join(' ');
  return (
    <figure className="chart">
      <figcaption className="legend">
        <span className="legend-item deltas"><b>{figure(current.deltas)}</b> deltas/s</span>
        <span className="legend-item saves"><b>{figure(current.saves)}</b> saves/s</span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {TICKS.map((tick) => (
          <g key={tick}>
            <line className="grid" x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
            <text className="tick" x={LEFT - 6} y={y(tick) + 3.5} textAnchor="end">{tick.toLocaleString('en')}</text>
          </g>
        ))}
        <text className="tick" x={LEFT} y={HEIGHT - 2}>30 s ago</text>
        <text className="tick" x={WIDTH} y={HEIGHT - 2} textAnchor="end">now</text>
        <polyline className="line deltas" points={line(({ deltas }) => deltas)} />
        <polyline className="line saves" points={line(({ saves }) => saves)} />
      </svg>
    </figure>
  );
}

function y(value: number): number {
  const share = Math.log(Math.max(1, value)) / Math.log(TOP_VALUE);
  return TOP + (1 - Math.min(1, share)) * (HEIGHT - TOP - BOTTOM);
}

/** One decimal where it matters. */
export function figure(value: number): string {
  return value > 0 && value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}
