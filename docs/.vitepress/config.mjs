import { existsSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const reference = new URL('../reference/typedoc-sidebar.json', import.meta.url);
const pages = (...items) => items.map(([text, link]) => ({ text, link }));

export default defineConfig({
  title: 'Millrace',
  description: 'A streaming chat store for web pages',
  srcExclude: ['README.md'],
  outDir: '../build/docs',
  cacheDir: '../build/docs-cache',
  // The site is looked at from a folder as well as from a server.
  cleanUrls: false,
  themeConfig: {
    search: { provider: 'local' },
    nav: pages(['Quick start', '/start/'], ['Guide', '/guide/sessions-and-messages'], ['Reference', '/reference/']),
    sidebar: [
      { text: 'Quick start', items: pages(['Plain', '/start/'], ['React', '/start/react'], ['Vue', '/start/vue'], ['Svelte', '/start/svelte']) },
      {
        text: 'Guide',
        items: pages(
          ['Sessions and messages', '/guide/sessions-and-messages'], ['Branches, metadata, usage', '/guide/branches'],
          ['Files and parts', '/guide/files'],
          ['Streaming a reply', '/guide/streaming'],
          ['Going on after a cut', '/guide/resuming'],
          ['Agent turns', '/guide/agent-turns'], ['Back to the provider', '/guide/providers'], ['Live queries', '/guide/live-queries'], ['Several listeners', '/guide/several-listeners'],
          ['Several tabs', '/guide/tabs'],
          ['Search', '/guide/search'], ['Export and import', '/guide/export-and-import'],
          ['Import from ChatGPT and Claude', '/guide/import-history'], ['Errors', '/guide/errors'],
          ['Persistence and quota', '/guide/persistence-and-quota'], ['Testing', '/guide/testing'],
          ['Content-Security-Policy', '/guide/content-security-policy'], ['Bundlers and servers', '/guide/bundlers'],
        ),
      },
      {
        text: 'More',
        items: pages(['How it works', '/how-it-works'], ['Comparison with other stores', '/comparison'], ['Limits', '/limits'], ['Glossary', '/glossary']),
      },
      { text: 'Reference', collapsed: true, items: existsSync(reference) ? JSON.parse(readFileSync(reference, 'utf8')) : [] },
    ],
  },
});
