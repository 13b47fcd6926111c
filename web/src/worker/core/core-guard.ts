/**
 * The one way into the core. A module that trapped (out of memory, out of stack) has left its turns half done: it must
 * never be called again. So everything that calls into it goes through a guard, which remembers the trap.
 *
 *   sound ── a call throws what a trap throws ──▶ trapped: `trapped` is called once, every later call throws
 */
import { MillraceError } from '../../errors.js';
import { sizeOf } from './call-size.js';

/** The words for an error. */
interface Words { what: string; advice: string }
const CORE: Words = {
  what: 'The core', advice: 'What was acknowledged is saved. Open the store again, and hand less over in one call.',
};

export class CoreGuard {
  readonly #trapped: (error: MillraceError) => void;
  readonly #words: Words;
  #error: MillraceError | undefined;

  constructor(trapped: (error: MillraceError) => void, words = CORE) {
    this.#trapped = trapped;
    this.#words = words;
  }

  /** `object`, and every object of the core that its methods return, each call of theirs guarded. */
  guard<T extends object>(object: T): T {
    const methods = new Map<PropertyKey, unknown>();
    return new Proxy(object, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        if (!methods.has(name)) methods.set(name, (...args: unknown[]) => this.#call(String(name), member.bind(target) as Method, args));
        return methods.get(name);
      },
    });
  }

  /** An exception that came from the core by another way: a timer of its own. */
  caught(error: unknown): void {
    if (isTrap(error)) this.#trap('a timer', [], error);
  }

  #call(name: string, method: Method, args: unknown[]): unknown {
    if (this.#error) throw this.#error;
    try {
      const result = method(...args);
      return isCoreObject(result) ? this.guard(result) : result;
    } catch (error) {
      if (!isTrap(error)) throw error;
      throw this.#trap(name === 'call' ? String(args[0]) : name, args, error);
    }
  }

  #trap(name: string, args: unknown[], cause: unknown): MillraceError {
    if (!this.#error) {
      const size = sizeOf(args.filter((arg) => typeof arg !== 'function'));
      this.#error = new MillraceError('internal',
        `${this.#words.what} ran out of memory or stack in "${name}", which was given ${size} bytes (${String(cause)}). ` +
        this.#words.advice, { cause });
      this.#trapped(this.#error);
    }
    return this.#error;
  }
}

type Method = (...args: unknown[]) => unknown;

/** What engines throw when a module traps, and when its calls are nested too deep. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

/** Objects of the core have `delete`; plain values do not. */
function isCoreObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'delete' in value && typeof value.delete === 'function';
}
