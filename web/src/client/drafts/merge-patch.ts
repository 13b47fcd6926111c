import type { Metadata } from '../../types.js';

/** What a JSON Merge Patch (RFC 7396) makes of the target. Neither is changed. */
export function mergePatch(target: unknown, patch: Metadata): Metadata {
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = isObject(value) ? mergePatch(merged[name], value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
