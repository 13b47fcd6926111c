// @ts-check
/** A Worker that remembers what it is sent and says what the test makes it say. */

/** @import { ToPage, ToWorker } from '../../dist/protocol.js' */

export class FakeWorker extends EventTarget {
  /** @type {any[]} */
  #sent = [];
  /** Makes the page send what it gathers until the end of its turn. */
  flushPage = () => {};
  terminated = false;
  onmessage = null;
  onmessageerror = null;
  onerror = null;

  /** @param {ToWorker[]} messages */
  postMessage(messages) {
    this.parcels.push(messages.length);
    this.#sent.push(...structuredClone(messages));
  }

  /** How many messages came in each call. @type {number[]} */
  parcels = [];

  get sent() {
    this.flushPage();
    return this.#sent;
  }

  terminate() {
    this.terminated = true;
  }

  /** What was sent since the last call. @returns {any[]} */
  take() {
    return this.sent.splice(0);
  }

  /** @param {ToPage} data */
  say(data) {
    this.dispatchEvent(new MessageEvent('message', { data: [data] }));
  }

  /** Answers the last request. @param {unknown} value */
  reply(value) {
    const { id } = this.sent.findLast((message) => 'id' in message);
    this.say({ type: 'reply', id, value });
  }
}
