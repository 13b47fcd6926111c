// What can be said about a page's accessibility without knowing the page. Runs inside it.

/** @returns {string[]} what is wrong */
export function accessibilityFaults() {
  const faults = [];
  const visible = (element) => element.checkVisibility({ visibilityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)].filter(visible);
  const describe = (element) => element.outerHTML.slice(0, 120);
  const textOf = (ids) => (ids ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim();
  const nameOf = (element) =>
    element.getAttribute('aria-label') ?? (textOf(element.getAttribute('aria-labelledby')) || [...(element.labels ?? [])].map((label) => label.textContent).join(' ').trim() || element.textContent.trim());

  for (const element of all('button, a[href], input, textarea, select, dialog[open], [role=img], section[aria-label], nav, aside')) {
    if (nameOf(element) === '') faults.push(`without a name: ${describe(element)}`);
  }
  for (const element of all('img:not([alt])')) faults.push(`picture without alt: ${describe(element)}`);
  for (const element of document.querySelectorAll('[tabindex]')) {
    if (Number(element.getAttribute('tabindex')) > 0) faults.push(`takes the lead in the tab order: ${describe(element)}`);
  }
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
    for (const element of all(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(/\s+/)) {
        if (document.getElementById(id) === null) faults.push(`${attribute} leads nowhere: ${describe(element)}`);
      }
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) faults.push(`twice the same id: ${id}`);
  if (document.documentElement.lang === '') faults.push('the page has no language');
  if (all('main').length !== 1) faults.push('there must be one main landmark');
  if (document.querySelector('[role=status][aria-live=polite]') === null) faults.push('there is no polite live region');
  for (const element of all('button, [role=button], input, textarea, a[href]')) {
    const { width, height } = element.getBoundingClientRect();
    const inline = getComputedStyle(element).display === 'inline' || element.matches('.visually-hidden *, .skip-link, [type=checkbox]');
    if (!inline && (width < 24 || height < 24)) faults.push(`smaller than 24 pixels: ${describe(element)}`);
  }
  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const next = Number(heading.tagName[1]);
    // What a model writes may begin anywhere; the page's own order must be whole.
    if (heading.closest('.markdown') === null && next > level + 1) faults.push(`a heading is skipped before: ${describe(heading)}`);
    if (heading.closest('.markdown') === null) level = next;
  }
  return faults;
}

/** Elements whose text does not fit into them, and a page wider than its window. */
export function overflows() {
  const root = document.documentElement;
  const faults = root.scrollWidth > root.clientWidth ? [`the page is ${root.scrollWidth} px wide in ${root.clientWidth}`] : [];
  for (const element of document.querySelectorAll('button, label, legend, th, td, p, h1, h2, output, .tool-header, .panel-header')) {
    if (!element.checkVisibility() || element.closest('.visually-hidden, .markdown') !== null) continue;
    const style = getComputedStyle(element);
    if (style.textOverflow === 'ellipsis' || style.display === 'inline') continue;
    if (element.scrollWidth > element.clientWidth + 1) faults.push(`cut off: ${element.outerHTML.slice(0, 120)}`);
  }
  return faults;
}
