import { useId, useState, useSyncExternalStore, type FormEvent } from 'react';
import { isProtocol, PROTOCOLS } from '../agent/protocols.js';
import { changeSettings, DEFAULT_SETTINGS, getSettings, isOwnServer, subscribeToSettings, type Settings } from '../agent/settings.js';
import { announce } from './notices.js';
import { useModal } from './use-modal.js';

type Fields = Pick<Settings, 'baseUrl' | 'protocol' | 'model' | 'apiKey'>;

export function SettingsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const modal = useModal(open, onClose);
  const settings = useSyncExternalStore(subscribeToSettings, getSettings);
  const id = useId();
  return (
    <dialog {...modal} className="dialog" aria-labelledby={id}>
      <h2 id={id}>Where replies come from</h2>
      <p>Any server that speaks one of these protocols and allows requests from this page (CORS). The request is made by the store’s Worker.</p>
      {open && (
        <SettingsForm
          initial={settings}
          onCancel={onClose}
          onSave={(fields) => {
            changeSettings(fields);
            announce('The settings are kept.');
            onClose();
          }}
        />
      )}
    </dialog>
  );
}

interface SettingsFormProps { initial: Fields; onCancel: () => void; onSave: (fields: Fields) => void }

function SettingsForm({ initial, onCancel, onSave }: SettingsFormProps) {
  const [fields, setFields] = useState<Fields>({ baseUrl: initial.baseUrl, protocol: initial.protocol, model: initial.model, apiKey: initial.apiKey });
  const id = useId();
  const usable = URL.canParse(fields.baseUrl) && /^https?:$/.test(new URL(fields.baseUrl).protocol);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (usable) onSave({ ...fields, baseUrl: fields.baseUrl.trim(), model: fields.model.trim() });
  };
  const field = (name: keyof Fields) => ({
    id: `${id}-${name}`,
    value: fields[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
  });
  return (
    <form className="form" onSubmit={submit} noValidate>
      <label htmlFor={`${id}-baseUrl`}>Base URL</label>
      <input {...field('baseUrl')} type="url" inputMode="url" spellCheck={false} autoFocus aria-invalid={!usable} aria-describedby={`${id}-url-hint`} />
      <p className="hint" id={`${id}-url-hint`}>
        {!usable ? 'Please enter an address that begins with http:// or https://.' : isOwnServer(fields) ? 'This is the demo’s own server.' : 'For example https://api.openai.com/v1 or http://localhost:11434/v1.'}
        {!(usable && isOwnServer(fields)) && (
          <button type="button" className="link" onClick={() => setFields({ ...fields, baseUrl: DEFAULT_SETTINGS.baseUrl, model: DEFAULT_SETTINGS.model, apiKey: '' })}>
            Use the demo’s own server
          </button>
        )}
      </p>
      <label htmlFor={`${id}-protocol`}>Protocol</label>
      <select
        id={`${id}-protocol`}
        value={fields.protocol}
        onChange={({ target: { value } }) => isProtocol(value) && setFields({ ...fields, protocol: value })}
      >
        {Object.entries(PROTOCOLS).map(([protocol, { name }]) => <option key={protocol} value={protocol}>{name}</option>)}
      </select>
      <label htmlFor={`${id}-model`}>Model</label>
      <input {...field('model')} type="text" spellCheck={false} autoComplete="off" />
      <label htmlFor={`${id}-apiKey`}>Key</label>
      <input {...field('apiKey')} type="password" autoComplete="off" aria-describedby={`${id}-key-hint`} />
      <p className="hint" id={`${id}-key-hint`}>
        The key stays in this tab’s session storage and is gone when the tab is closed. It is sent to the address above only. The others are kept in local storage.
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button primary" disabled={!usable}>
          Save
        </button>
      </div>
    </form>
  );
}
