/** Each call of the protocol as the call of the core that answers it. No rules here. */
import type { Callback, CoreStore } from '../../core-module.js';
import type { Calls, Method } from '../../protocol.js';
import { exportFrom, importInto } from './transfer.js';

type Handler<M extends Method> = (core: CoreStore, args: Parameters<Calls[M]>, done: Callback<ReturnType<Calls[M]>>) => void;

/** All but `close`, which concerns more than the core. */
export type CoreMethod = Exclude<Method, 'close'>;

const handlers: { [M in CoreMethod]: Handler<M> } = {
  createSession: (core, args, done) => core.createSession(...args, done),
  getSession: (core, args, done) => core.getSession(...args, done),
  listSessions: (core, args, done) => core.listSessions(...args, done),
  updateSession: (core, args, done) => core.updateSession(...args, done),
  deleteSession: (core, args, done) => core.deleteSession(...args, done),
  createMessage: (core, args, done) => core.createMessage(...args, done),
  openMessage: (core, args, done) => core.openMessage(...args, done),
  beginReply: (core, args, done) => core.beginReply(...args, done),
  updateMessage: (core, args, done) => core.updateMessage(...args, done),
  getMessage: (core, args, done) => core.getMessage(...args, done),
  listMessages: (core, args, done) => core.listMessages(...args, done),
  listUser: (core, args, done) => core.listUser(...args, done),
  lastAssistant: (core, args, done) => core.lastAssistant(...args, done),
  deleteMessage: (core, args, done) => core.deleteMessage(...args, done),
  deleteAll: (core, args, done) => core.deleteAll(...args, done),
  search: (core, args, done) => core.search(...args, done),
  export: (core, _args, done) => exportFrom(core, done),
  import: (core, [file], done) => importInto(core, file, done),
  flush: (core, args, done) => core.flush(...args, done),
  flushAll: (core, args, done) => core.flushAll(...args, done),
  beginRun: (core, args, done) => core.beginRun(...args, done),
  endRun: (core, args, done) => core.endRun(...args, done),
  stats: (core, _args, done) => done(null, core.stats()),
};

export function callCore<M extends CoreMethod>(core: CoreStore, method: M, args: Parameters<Calls[M]>, done: Callback<ReturnType<Calls[M]>>): void {
  handlers[method](core, args, done);
}
