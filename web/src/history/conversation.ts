/**
 * A conversation, as it is stored: its messages in an order in which each comes after its parent, versions in their order.
 *
 * Nothing in the shape of an export is trusted. Ids that are missing or there twice get another one, a message whose parent
 * is missing begins the session anew, a circle of parents is cut at one place. So every message is somewhere. The walks do
 * not call themselves: a conversation may be any number of messages deep.
 */
import type { NewMessage } from '../types.js';
import type { Fields } from './json-values.js';

export interface Conversation {
  readonly id: string;
  readonly title: string;
  readonly createdAt: number | undefined;
  readonly archived: boolean;
  readonly metadata: Fields;
  readonly messages: readonly NewMessage[];
  /** The message to be shown, where that is not the last one. */
  readonly shownId: string | undefined;
}

/** A place in the tree of an export. Versions of each other in their order. */
export interface TreeNode<Raw> { readonly id: string; readonly parentId: string | undefined; readonly raw: Raw }

/**
 * What an importer makes of a node, and what the messages below want to know of it. A message without a time has that of its
 * parent: it is nearer than now, which the store would take.
 */
export interface Grown { readonly message: Omit<NewMessage, 'id' | 'parentId'>; readonly callId?: string | undefined }

interface Place extends Grown { readonly id: string; readonly parent: Place | undefined; readonly children: Place[] }

/** `grow` makes nothing of a node that is to be left out: what is below it belongs to the next one above then. */
export function conversationOf<Raw>(
  about: Omit<Conversation, 'messages' | 'shownId'>,
  nodes: readonly TreeNode<Raw>[],
  grow: (node: TreeNode<Raw>, parent: Grown | undefined) => Grown | undefined,
  shownId: string,
): Conversation {
  const { places, placeOf } = planted(nodes, grow);
  const shown = newestBelow(placeOf.get(shownId) ?? places.at(-1));
  const order = shownLast(places.filter(({ parent }) => !parent), shown);
  const idOf = ({ id }: Place): string => `${about.id}:${id}`;
  const messages = order.map((place) => (
    { ...place.message, id: idOf(place), parentId: place.parent ? idOf(place.parent) : null }));
  return {
    ...about, createdAt: about.createdAt ?? messages[0]?.createdAt, messages,
    shownId: shown && shown !== order.at(-1) ? idOf(shown) : undefined,
  };
}

/** The places in which messages are, each after its parent; and of each node the place that it is at or below. */
function planted<Raw>(nodes: readonly TreeNode<Raw>[], grow: (node: TreeNode<Raw>, parent: Grown | undefined) => Grown | undefined) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const below = new Map<TreeNode<Raw> | undefined, TreeNode<Raw>[]>();
  const parentOf = ({ parentId }: TreeNode<Raw>): TreeNode<Raw> | undefined => (parentId === undefined ? undefined : byId.get(parentId));
  for (const node of nodes) {
    const children = below.get(parentOf(node));
    if (children) children.push(node);
    else below.set(parentOf(node), [node]);
  }
  const places: Place[] = [];
  const placeOf = new Map<string, Place | undefined>();
  const walk = (root: TreeNode<Raw>): void => {
    const waiting: [TreeNode<Raw>, Place | undefined][] = [[root, undefined]];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [node, parent] = next;
      if (placeOf.has(node.id)) continue;
      const grown = grow(node, parent);
      const place = grown ? { ...grown, id: node.id, parent, children: [] } : parent;
      if (place && place !== parent) {
        places.push(place);
        parent?.children.push(place);
      }
      placeOf.set(node.id, place);
      for (const child of [...below.get(node) ?? []].reverse()) waiting.push([child, place]);
    }
  };
  for (const root of below.get(undefined) ?? []) walk(root);
  for (const node of nodes) {
    if (placeOf.has(node.id)) continue;
    // Its parents lead into a circle, in which everything else below it hangs too.
    const passed = new Set<TreeNode<Raw>>();
    let at = node;
    for (; !passed.has(at); at = parentOf(at)!) passed.add(at);
    walk(at);
  }
  return { places, placeOf };
}

function newestBelow(place: Place | undefined): Place | undefined {
  let newest = place;
  for (let next = newest; next; next = next.children.at(-1)) newest = next;
  return newest;
}

/** An order that ends with what is shown, unless that has later versions: the head is right as soon as the last one is stored. */
function shownLast(roots: readonly Place[], shown: Place | undefined): Place[] {
  const path = new Set<Place>();
  for (let place = shown; place; place = place.parent) path.add(place);
  const order: Place[] = [];
  for (let versions = roots; versions.length > 0;) {
    for (const version of versions) order.push(version);
    for (const version of versions) {
      if (!path.has(version)) addBelow(version, order);
    }
    versions = versions.find((version) => path.has(version))?.children ?? [];
  }
  return order;
}

function addBelow(place: Place, order: Place[]): void {
  const waiting = [...place.children].reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    order.push(next);
    for (const child of [...next.children].reverse()) waiting.push(child);
  }
}
