import { newId } from '../../ids.js';
import { checkObject, checkOptionalId } from './validate.js';

/** What is to be made, with its id or a random one. `what` it is begins the sentence of an error. */
export function named<T extends { id?: string }>(what: string, init: T): T & { id: string } {
  checkObject(what, init);
  checkOptionalId('id', init.id);
  return { ...init, id: init.id ?? newId() };
}
