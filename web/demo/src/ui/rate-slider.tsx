import { useId, useSyncExternalStore } from 'react';
import { changePace } from '../agent/chat-request.js';
import { changeSettings, getSettings, isOwnServer, MAX_RATE, MIN_RATE, subscribeToSettings } from '../agent/settings.js';

/** Positions of the slider; the rate grows by the same factor from each to the next. */
const STEPS = 46;

/** How fast the demo's own model writes. Takes effect at once, also on a reply that is streaming. */
export function RateSlider() {
  const settings = useSyncExternalStore(subscribeToSettings, getSettings);
  const own = isOwnServer(settings);
  const id = useId();
  const change = (position: number): void => {
    changeSettings({ rate: rateAt(position) });
    void changePace(getSettings());
  };
  return (
    <div className="control">
      <label htmlFor={id}>Rate of the reply</label>
      <span className="control-value" aria-hidden="true">{own ? `${settings.rate.toLocaleString('en')} deltas/s` : 'up to the server'}</span>
      <input
        id={id}
        type="range"
        min={0}
        max={STEPS}
        step={1}
        value={positionOf(settings.rate)}
        disabled={!own}
        aria-valuetext={`${settings.rate} deltas a second`}
        onChange={(event) => change(Number(event.target.value))}
      />
      <div className="control-ends" aria-hidden="true"><span>{MIN_RATE}</span><span>{MAX_RATE.toLocaleString('en')}</span></div>
    </div>
  );
}

/** Rounded to two digits: nobody wants 1,587. */
function rateAt(position: number): number {
  const exact = MIN_RATE * (MAX_RATE / MIN_RATE) ** (position / STEPS);
  return Number(exact.toPrecision(2));
}

function positionOf(rate: number): number {
  return Math.round((Math.log(rate / MIN_RATE) / Math.log(MAX_RATE / MIN_RATE)) * STEPS);
}
