import type { Calibration } from '../figures/calibration.js';
import type { Figures } from '../figures/sampler.js';

interface FiguresTableProps {
  /** Counted by the store. */
  real: Figures;
  /** What the same deltas would have cost one by one; undefined until it is known. */
  oneByOne: Figures | undefined;
  coalesced: boolean;
}

/** The same deltas, each saved and told by itself. Saves and notifications are one for each by definition. */
export function hadEachBeenSaved(real: Figures, calibration: Calibration): Figures {
  return {
    deltas: real.deltas,
    saves: real.deltas,
    notifications: real.deltas,
    bytesWritten: real.deltas * calibration.bytesPerDelta,
  };
}

export function FiguresTable({ real, oneByOne, coalesced }: FiguresTableProps) {
  const rows: { name: string; key: keyof Figures; format: (value: number) => string }[] = [
    { name: 'Deltas received', key: 'deltas', format: count },
    { name: 'Saves', key: 'saves', format: count },
    { name: 'Notifications', key: 'notifications', format: count },
    { name: 'Bytes written', key: 'bytesWritten', format: bytes },
  ];
  return (
    <table className="figures">
      <caption className="visually-hidden">What was counted since the store was opened, against each delta saved by itself</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{coalesced ? 'Coalesced' : 'As it is'}</th>
          <th scope="col">One by one</th>
          <th scope="col"><span className="visually-hidden">How many times fewer</span></th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, key, format }) => (
          <tr key={key}>
            <th scope="row">{name}</th>
            <td>{format(real[key])}</td>
            <td className="muted">{oneByOne === undefined ? '…' : format(oneByOne[key])}</td>
            <td className="ratio">{key === 'deltas' ? '' : ratio(real[key], oneByOne?.[key])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const count = (value: number): string => Math.round(value).toLocaleString('en');

export function bytes(value: number): string {
  if (value < 1000) return `${Math.round(value)} B`;
  const units = ['KB', 'MB', 'GB'];
  let rest = value / 1000;
  let unit = 0;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${rest < 10 ? rest.toFixed(1) : Math.round(rest)} ${units[unit]}`;
}

function ratio(real: number, oneByOne: number | undefined): string {
  if (oneByOne === undefined || real === 0 || oneByOne / real < 1.05) return '';
  const times = oneByOne / real;
  return `${times < 10 ? times.toFixed(1) : Math.round(times)}×`;
}
