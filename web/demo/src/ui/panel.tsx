import { useEffect, useId, useMemo, useState, useSyncExternalStore } from 'react';
import { calibrate, type Calibration } from '../figures/calibration.js';
import { latest, rates, Sampler } from '../figures/sampler.js';
import type { Role } from '../store/role-watch.js';
import { DEFAULT_WINDOW_MS, ONE_BY_ONE_MS, type OpenedStore } from '../store/store-host.js';
import { CutButton } from './cut-button.js';
import { bytes, FiguresTable, hadEachBeenSaved } from './figures-table.js';
import { CloseIcon } from './icons.js';
import { describeError } from './notices.js';
import { figure, RateChart } from './rate-chart.js';
import { RateSlider } from './rate-slider.js';
import { TabRole } from './tab-role.js';

interface PanelProps {
  opened: OpenedStore;
  role: Role | undefined;
  expanded: boolean;
  /** A turn is running in some conversation. */
  replying: boolean;
  /** The store can be reopened now: no reply is streaming. */
  switchable: boolean;
  onExpand: (expanded: boolean) => void;
  onReopen: (windowMs: number) => void;
}

/** What the store does, counted by itself, against what it would do without coalescing. */
export function Panel({ opened, role, expanded, replying, switchable, onExpand, onReopen }: PanelProps) {
  const sampler = useMemo(() => new Sampler(opened.store), [opened.store]);
  const samples = useSyncExternalStore(sampler.subscribe, sampler.getSnapshot);
  const { calibration, failure } = useCalibration(expanded);
  const real = latest(samples);
  const series = rates(samples);
  const coalesced = opened.windowMs > 0;

  if (!expanded) {
    const current = series.at(-1);
    return (
      <aside className="panel-strip" id="panel" aria-label="Live figures">
        <button type="button" aria-expanded={false} onClick={() => onExpand(true)}>
          <span><b>{figure(current?.deltas ?? 0)}</b> deltas/s</span>
          <span><b>{figure(current?.saves ?? 0)}</b> saves/s</span>
        </button>
      </aside>
    );
  }
  return (
    <aside className="panel" id="panel" aria-label="Live figures">
      <header className="panel-header">
        <h2>Live figures</h2>
        <button type="button" className="icon-button small" aria-label="Close the figures" title="Close the figures" onClick={() => onExpand(false)}>
          <CloseIcon />
        </button>
      </header>
      <div className="panel-body">
        <RateSlider />
        <CutButton replying={replying} />
        <WindowSwitch windowMs={opened.windowMs} switchable={switchable} onReopen={onReopen} />
        <RateChart rates={series} now={samples.at(-1)?.time ?? 0} />
        <FiguresTable real={real} oneByOne={calibration === undefined ? undefined : hadEachBeenSaved(real, calibration)} coalesced={coalesced} />
        <TabRole role={role} />
        <PanelNote coalesced={coalesced} calibration={calibration} failure={failure} />
      </div>
    </aside>
  );
}

/** Where the figures come from, in words. */
function PanelNote({ coalesced, calibration, failure }: { coalesced: boolean; calibration: Calibration | undefined; failure: string | undefined }) {
  const measured =
    failure !== undefined
      ? `Its bytes could not be measured: ${failure}`
      : calibration === undefined
        ? 'Its bytes are being measured.'
        : `Its bytes are measured: this browser has just saved ${calibration.deltas.toLocaleString('en')} deltas that way in a scratch store, ${bytes(calibration.bytesPerDelta)} for each.`;
  return (
    <p className="panel-note">
      Counted by the store since it was opened. One by one, each delta is one save and one notification by definition. {measured}
      {!coalesced && ' This store does save one by one now; a page that falls behind is told of several saves at once.'}
    </p>
  );
}

interface WindowSwitchProps { windowMs: number; switchable: boolean; onReopen: (windowMs: number) => void }

function WindowSwitch({ windowMs, switchable, onReopen }: WindowSwitchProps) {
  const id = useId();
  const option = (label: string, value: number) => (
    <label className="segment">
      <input type="radio" name={id} checked={windowMs === value} disabled={!switchable} onChange={() => onReopen(value)} />
      <span>{label}</span>
    </label>
  );
  return (
    <fieldset className="control" aria-describedby={`${id}-hint`}>
      <legend>Saving</legend>
      <div className="segments">
        {option(`Coalesced, ${DEFAULT_WINDOW_MS} ms`, DEFAULT_WINDOW_MS)}
        {option('One by one', ONE_BY_ONE_MS)}
      </div>
      <p className="hint" id={`${id}-hint`}>
        {switchable ? 'Switching closes the store and opens it with another window.' : 'Can be switched once no reply is streaming.'}
      </p>
    </fieldset>
  );
}

interface CalibrationState { calibration: Calibration | undefined; failure: string | undefined }

/** Measures once somebody looks: it keeps a core busy for a second or two. */
function useCalibration(wanted: boolean): CalibrationState {
  const [state, setState] = useState<CalibrationState>({ calibration: undefined, failure: undefined });
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    calibrate().then(
      (calibration) => current && setState({ calibration, failure: undefined }),
      (error: unknown) => current && setState({ calibration: undefined, failure: describeError(error) }),
    );
    return () => {
      current = false;
    };
  }, [wanted]);
  return state;
}
