import { visit } from 'unist-util-visit';

/** The nodes of a Markdown tree that matter here. */
interface Node { type: string; value?: string }

/** HTML that a model wrote is shown as the text that it is: dropped, half of a sentence about HTML would be gone. */
export function htmlAsText() {
  return (tree: Node): void => {
    visit(tree as Parameters<typeof visit>[0], 'html', (node: Node) => {
      node.type = 'text';
    });
  };
}
