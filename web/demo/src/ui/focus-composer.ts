/** For what was pressed and goes away by that: the keyboard stays where the next message is typed. */
export function focusComposer(): void {
  document.getElementById('composer')?.focus();
}
