import { memo, useMemo } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import rehypeHighlight from 'rehype-highlight';
import rehypeKatex from 'rehype-katex';
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import remarkMath from 'remark-math';
import { CodeBlock } from './code-block.js';
import { htmlAsText } from './html-as-text.js';
import { reachesAcrossBlocks, splitBlocks } from './markdown-blocks.js';
import { UntrustedImage } from './untrusted-image.js';

const REMARK: NonNullable<Options['remarkPlugins']> = [remarkGfm, remarkMath, htmlAsText];
/** The classes by which formulas and languages of code are known. */
const SCHEMA = { ...defaultSchema, attributes: { ...defaultSchema.attributes, code: [['className', /^language-./, 'math-inline', 'math-display']] } };
/** First what came is made safe; what the next two add is theirs. MathML needs no styles and no fonts. */
const REHYPE: NonNullable<Options['rehypePlugins']> = [[rehypeSanitize, SCHEMA], [rehypeKatex, { throwOnError: false, output: 'mathml' }], [rehypeHighlight, { detect: false }]];

/** Of a heading whose text has not arrived nothing is shown: readers of the page would stop at an empty one. */
const heading = (Level: 'h2' | 'h3' | 'h4' | 'h5' | 'h6'): NonNullable<Components['h2']> =>
  ({ children }) => (children ? <Level dir="auto">{children}</Level> : null);

/**
 * The title of the conversation is the page's h1; what a model writes stands below it. Links tell the
 * other side nothing about this page, and pictures are not loaded until a person asks.
 */
const COMPONENTS: Components = {
  h1: heading('h2'),
  h2: heading('h2'),
  h3: heading('h3'),
  h4: heading('h4'),
  h5: heading('h5'),
  h6: heading('h6'),
  p: ({ children }) => <p dir="auto">{children}</p>,
  li: ({ children, className }) => <li dir="auto" className={className}>{children}</li>,
  blockquote: ({ children }) => <blockquote dir="auto">{children}</blockquote>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  // A task of a list: readers of the page say what the box means.
  input: ({ checked }) => <input type="checkbox" checked={checked === true} disabled readOnly aria-label={checked ? 'done' : 'to do'} />,
  img: ({ src, alt }) => <UntrustedImage src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  th: ({ children, style }) => (children ? <th dir="auto" style={style}>{children}</th> : <td style={style} />),
  td: ({ children, style }) => <td dir="auto" style={style}>{children}</td>,
  table: ({ children }) => (
    <div className="table-frame" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
};

/** What a model wrote, as React elements. HTML in it is shown as text; whatever else it holds is sanitised. */
export const Markdown = memo(function Markdown({ text, live }: { text: string; live: boolean }) {
  const blocks = useMemo(() => (!live && reachesAcrossBlocks(text) ? [text] : splitBlocks(text)), [text, live]);
  return (
    <div className="markdown" data-live={live}>
      {blocks.map((block, index) => (
        <Block key={index} text={block} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={REMARK} rehypePlugins={REHYPE} components={COMPONENTS}>
      {text}
    </ReactMarkdown>
  );
});
