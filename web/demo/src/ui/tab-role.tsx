import type { Role } from '../store/role-watch.js';

/** Which tab leads, in words. Nothing until it is known. */
export function TabRole({ role }: { role: Role | undefined }) {
  if (role === undefined) return null;
  return (
    <p className="tab-role">
      {role === 'leader' ? (
        <><b>This tab leads.</b> Its Worker saves what all tabs write.</>
      ) : (
        <><b>Another tab leads.</b> Its Worker saves what this tab writes.</>
      )}
    </p>
  );
}
