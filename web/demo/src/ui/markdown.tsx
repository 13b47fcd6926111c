import { memo, useMemo } from 'react';
import ReactMarkdown, { type Components, type Options } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { CodeBlock } from './code-block.js';
import { reachesAcrossBlocks, splitBlocks } from './markdown-blocks.js';
import { UntrustedImage } from './untrusted-image.js';

const REMARK: NonNullable<Options['remarkPlugins']> = [remarkGfm];
const REHYPE: NonNullable<Options['rehypePlugins']> = [rehypeSanitize];

/**
 * The title of the conversation is the page's h1; what a model writes stands below it. Links tell the
 * other side nothing about this page, and pictures are not loaded until a person asks.
 */
const COMPONENTS: Components = {
  h1: ({ children }) => <h2>{children}</h2>,
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => <UntrustedImage src={typeof src === 'string' ? src : ''} alt={alt ?? ''} />,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className="table-frame" tabIndex={0} role="group" aria-label="Table">
      <table>{children}</table>
    </div>
  ),
};

/** What a model wrote, as React elements. Raw HTML in it is dropped, whatever else it holds is sanitised. */
export const Markdown = memo(function Markdown({ text, live }: { text: string; live: boolean }) {
  const blocks = useMemo(() => (!live && reachesAcrossBlocks(text) ? [text] : splitBlocks(text)), [text, live]);
  return (
    <div className="markdown" data-live={live} dir="auto">
      {blocks.map((block, index) => (
        <Block key={index} text={block} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={REMARK} rehypePlugins={REHYPE} components={COMPONENTS} skipHtml>
      {text}
    </ReactMarkdown>
  );
});
